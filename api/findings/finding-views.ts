import type { Finding } from '../../contracts/finding.ts';
import type { FindingView } from '../../contracts/finding-list.ts';
import { namesOf } from '../../contracts/finding-names.ts';
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
  const decided = new Map(decisions.map((decision, age) => [decision.fingerprint, { decision, age }]));
  return findings.map(({ finding, change }) => ({ ...finding, change, triage: latest(finding, decided) }));
}

/** The younger a decision, the smaller its age: clocks of several servers do not count. */
type Decided = { readonly decision: Triage; readonly age: number };

function latest(finding: Finding, decided: ReadonlyMap<string, Decided>): Triage | null {
  const found = namesOf(finding).flatMap((name) => decided.get(name) ?? []);
  return found.sort((a, b) => a.age - b.age)[0]?.decision ?? null;
}
