import type { Finding } from '../../contracts/finding.ts';
import { namesOf } from '../../contracts/finding-names.ts';
import type { Triage } from '../../contracts/triage.ts';

/**
 * Tells what was decided last about an issue, under whichever of its names: who opens one again need not know what it was
 * called then. The decisions come newest first, in the order in which they were recorded: clocks of several servers differ.
 */
export function newestDecision(decisions: Iterable<Triage>): (finding: Finding) => Triage | undefined {
  const decided = new Map<string, { decision: Triage; age: number }>();
  for (const decision of decisions)
    if (!decided.has(decision.fingerprint))
      decided.set(decision.fingerprint, { decision, age: decided.size });
  if (decided.size === 0) return () => undefined;
  return (finding) =>
    namesOf(finding)
      .flatMap((name) => decided.get(name) ?? [])
      .reduce<{ decision: Triage; age: number } | undefined>(
        (newest, next) => (newest !== undefined && newest.age < next.age ? newest : next),
        undefined,
      )?.decision;
}
