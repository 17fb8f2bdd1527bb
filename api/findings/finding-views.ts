import type { Finding } from '../../contracts/finding.ts';
import type { FindingView } from '../../contracts/finding-list.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { Change, Triage } from '../../contracts/triage.ts';
import type { Database } from '../../services/database/database.ts';
import { readTriage } from '../../services/database/triage.ts';

type Compared = { readonly change: Change; readonly finding: Finding };

/** Puts to each finding what was decided last about the issue, under whichever of its names that was. */
export async function withTriage(
  database: Database,
  scope: Scope,
  component: string,
  findings: readonly Compared[],
): Promise<FindingView[]> {
  const names = [...new Set(findings.flatMap(({ finding }) => namesOf(finding)))];
  const decisions = names.length === 0 ? [] : await readTriage(database, scope, component, names);
  const decided = new Map(decisions.map((decision) => [decision.fingerprint, decision]));
  return findings.map(({ finding, change }) => ({ ...finding, change, triage: latest(finding, decided) }));
}

const namesOf = ({ fingerprint, sources }: Finding): string[] => [
  fingerprint,
  ...sources.map((source) => source.fingerprint),
];

function latest(finding: Finding, decided: ReadonlyMap<string, Triage>): Triage | null {
  const found = namesOf(finding).flatMap((name) => decided.get(name) ?? []);
  return found.sort((a, b) => (a.decided_at < b.decided_at ? 1 : -1))[0] ?? null;
}
