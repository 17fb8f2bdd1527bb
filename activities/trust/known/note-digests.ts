import { BUNDLE } from '../../../contracts/bundle.ts';
import type { Scope } from '../../../contracts/identifiers.ts';
import { ProvenanceStatement } from '../../../contracts/statements.ts';
import { digestsOf } from '../../../domain/provenance/known-digests.ts';
import { recordKnownDigests } from '../../../services/database/known-digests.ts';
import type { TrustDeps } from '../deps.ts';
import type { Gathered } from '../permit/gather-facts.ts';

const { predicate: Predicate } = ProvenanceStatement.shape;

/** Notes by which digests a bundle can be asked for; of one whose hashes do not hold only its own, which is still a trace. */
export async function noteDigests(
  { database }: Pick<TrustDeps, 'database'>,
  { scope, testId }: { readonly scope: Scope; readonly testId: string },
  { bundle, facts, predicates }: Gathered,
): Promise<void> {
  const said = Predicate.safeParse(predicates.get(facts.provenance_digest));
  const known =
    bundle === undefined
      ? [{ sha256: facts.bundle_digest, kind: 'bundle' as const, name: BUNDLE.index }]
      : digestsOf({ ...bundle, provenance: said.success ? said.data : null });
  await recordKnownDigests(database, scope, testId, known);
}
