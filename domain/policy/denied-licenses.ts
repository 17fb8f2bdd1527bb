import type { Finding } from '../../contracts/finding.ts';
import type { Profile } from '../../contracts/manifest.ts';
import { hasLooked, type ToolRun } from '../../contracts/tool-run.ts';
import { oneLine } from '../text/one-line.ts';

/** The rule under which the licence tool reports a component whose licence the profile denies. */
export const DENIED_LICENSE = 'license-denied';

const NAMED = 20;

/** A denied licence fails the gate whatever the thresholds, and so does a list of them that nobody held anything against. */
export function deniedLicenses(
  profile: Pick<Profile, 'deniedLicenses'>,
  inForce: readonly Finding[],
  runs: readonly ToolRun[],
): string[] {
  const denied = inForce.filter(({ kind, rule }) => kind === 'license' && rule === DENIED_LICENSE);
  const named = denied.slice(0, NAMED).map((finding) => `denied license: ${oneLine(finding.message, 300)}`);
  const more = denied.length - named.length;
  return [
    ...named,
    ...(more > 0 ? [`denied license: ${more} more findings`] : []),
    ...(profile.deniedLicenses.length > 0 && !runs.some((run) => run.tool === 'licenses' && hasLooked(run))
      ? ["denied licenses could not be held against anything: tool 'licenses' did not complete"]
      : []),
  ];
}
