import { BUNDLE } from '../../contracts/bundle.ts';
import type { FindingView } from '../../contracts/finding-list.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { maskPersonalData } from '../../domain/sanitize/mask.ts';
import type { ScanRecord } from '../../services/database/scan-record.ts';
import { type HeldDeps, heldFiles } from '../artifacts/held-files.ts';
import type { Principal } from '../authentication.ts';

/**
 * Rows keep findings as the tools have told them. Where the privacy gate has masked or held back the list of them, whoever is
 * no reviewer is shown which rules found something, and where, and none of the words: any of them may be what was masked, of
 * kinds that only the policy of then knew.
 */
export async function shownFindings(
  deps: HeldDeps,
  { roles }: Principal,
  scope: Scope,
  scans: readonly ScanRecord[],
  findings: readonly FindingView[],
): Promise<readonly FindingView[]> {
  if (roles.includes('reviewer') || findings.length === 0) return findings;
  const held = await Promise.all(scans.map((scan) => heldFiles(deps, scope, scan)));
  return held.some((files) => files.has(BUNDLE.findings)) ? findings.map(withoutWords) : findings;
}

const withoutWords = (finding: FindingView): FindingView => ({
  ...finding,
  title: finding.rule,
  message: 'held back: personal data was found in these findings, and only reviewers are shown their words',
  snippet: null,
  fix: null,
  suppressed: finding.suppressed && { ...finding.suppressed, justification: null },
  location: finding.location && placeOf(finding.location),
  related_locations: finding.related_locations.map(placeOf),
  flows: finding.flows.map((flow) => flow.map(placeOf)),
});

const placeOf = <T extends { readonly path: string }>(location: T): T => ({
  ...location,
  path: maskPersonalData(location.path).text,
});
