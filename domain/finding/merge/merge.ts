import type { Finding } from '../../../contracts/finding.ts';
import { sha256 } from '../../custody/digest.ts';
import { oneOf } from './one-of.ts';
import { createPlaces, type Group } from './same-place.ts';
import { familyOf } from './same-rule.ts';
import { sameVulnerabilities } from './same-vulnerability.ts';
import { byRank } from './tool-rank.ts';

/**
 * The findings of several tools with each issue once, and every tool that saw it among its sources. Two findings too many
 * are better than two issues taken for one, so only what surely is the same is joined:
 *
 * - vulnerabilities with an advisory in common, in one package, version and folder;
 * - secrets at the same place;
 * - code, configuration and hygiene at the same place with a weakness (CWE) or a rule in common.
 *
 * The fingerprint is the one that the highest ranking tool gave: it stays when others join or leave, and `compareFindings`
 * knows an issue by any of its sources. The order in which tools finish makes no difference.
 */
export function merge(reports: readonly (readonly Finding[])[]): Finding[] {
  const findings = reports.flat().sort(byRank);
  const vulnerabilities = findings.filter(isVulnerability);
  const merged = [
    ...sameVulnerabilities(vulnerabilities),
    ...samePlaces(findings.filter((finding) => !isVulnerability(finding))),
  ].map(oneOf);
  return withOwnNames(merged.sort(byRank));
}

const isVulnerability = ({ kind, package: packaged }: Finding): boolean =>
  kind === 'vulnerability' && packaged !== null;

function samePlaces(findings: readonly Finding[]): Finding[][] {
  const places = createPlaces(keysOf);
  const groups: Group[] = [];
  const byFingerprint = new Map<string, Group>();
  for (const finding of findings) {
    const group = byFingerprint.get(finding.fingerprint) ??
      places.find(finding) ?? { members: [], tools: new Set() };
    if (group.members.length === 0) groups.push(group);
    group.members.push(finding);
    group.tools.add(finding.tool);
    byFingerprint.set(finding.fingerprint, group);
    places.add(finding, group);
  }
  return groups.map(({ members }) => members);
}

/** What two findings must share besides their place to be one. */
function keysOf({ kind, tool, rule, identifiers }: Finding): string[] {
  if (kind === 'secret') return ['secret'];
  if (kind !== 'code' && kind !== 'config' && kind !== 'hygiene') return [];
  const about = kind === 'code' ? 'code' : 'config'; // what is configuration to the one is hygiene to the other
  const weaknesses = identifiers.filter((identifier) => identifier.startsWith('CWE-')).slice(0, 8);
  return [...weaknesses.map((weakness) => `${about} ${weakness}`), `${about} ${familyOf(tool, rule)}`];
}

/** A vulnerability's name leaves out its version: of several the later ones get names of their own. */
function withOwnNames(findings: readonly Finding[]): Finding[] {
  const counts = new Map<string, number>();
  return findings.map((finding) => {
    const count = counts.get(finding.fingerprint) ?? 0;
    counts.set(finding.fingerprint, count + 1);
    if (count === 0) return finding;
    const fingerprint = sha256(`${finding.fingerprint}#${count}`);
    return { ...finding, fingerprint };
  });
}
