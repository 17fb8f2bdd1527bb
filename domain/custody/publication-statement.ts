import { z } from 'zod';
import { PermitId, Scope, Sha256, TestId } from '../../contracts/identifiers.ts';
import { PREDICATE, STATEMENT_TYPE } from '../../contracts/statements.ts';

const Digest = z.object({ sha256: Sha256 });

/** What was pushed to a registry, under the digest by which others pull it: the link from there to bundle and permit. */
export const PublicationStatement = z.object({
  _type: z.literal(STATEMENT_TYPE),
  subject: z.array(z.object({ name: z.string(), digest: Digest })).length(1),
  predicateType: z.literal(PREDICATE.publication),
  predicate: z.strictObject({
    permit: z.object({ id: PermitId, digest: Digest }),
    bundle: z.object({ digest: Digest }),
    tenant: Scope.shape.tenant,
    workspace: Scope.shape.workspace,
    test_id: TestId,
    publishedOn: z.iso.datetime(),
  }),
});
export type PublicationStatement = z.infer<typeof PublicationStatement>;

export type PublicationFacts = PublicationStatement['predicate'] & {
  readonly repository: string;
  /** Hex, of the manifest. */
  readonly manifestDigest: string;
};

export const publicationStatement = ({
  repository,
  manifestDigest,
  ...predicate
}: PublicationFacts): PublicationStatement => ({
  _type: STATEMENT_TYPE,
  subject: [{ name: repository, digest: { sha256: manifestDigest } }],
  predicateType: PREDICATE.publication,
  predicate,
});
