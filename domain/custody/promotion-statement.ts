import { BUNDLE, type BundleIndex } from '../../contracts/bundle.ts';
import { PREDICATE, type PromotionStatement, STATEMENT_TYPE } from '../../contracts/statements.ts';

type Promoted = {
  readonly index: BundleIndex;
  readonly bundleDigest: string;
  readonly provenanceDigest: string;
};

export type PromotionFacts = {
  readonly bundle: Promoted;
  readonly permit: { readonly id: string; readonly digest: string };
  readonly from: string;
  readonly to: string;
  readonly promotedOn: string;
};

/** What Transform vouches for once every file stands in golden. */
export function promotionStatement({
  bundle,
  permit,
  from,
  to,
  promotedOn,
}: PromotionFacts): PromotionStatement {
  const { index, bundleDigest } = bundle;
  return {
    _type: STATEMENT_TYPE,
    subject: promotedFiles(bundle, permit.digest).map(({ path, sha256 }) => ({
      name: path,
      digest: { sha256 },
    })),
    predicateType: PREDICATE.promotion,
    predicate: {
      permit: { id: permit.id, digest: { sha256: permit.digest } },
      bundle: { digest: { sha256: bundleDigest } },
      tenant: index.tenant,
      workspace: index.workspace_id,
      test_id: index.test_id,
      from,
      to,
      promotedOn,
    },
  };
}

/** Everything a promotion moves: the evidence, its index, its provenance and the permit. */
export function promotedFiles(
  { index, bundleDigest, provenanceDigest }: Promoted,
  permitDigest: string,
): { path: string; sha256: string }[] {
  return [
    { path: BUNDLE.index, sha256: bundleDigest },
    ...index.files.map(({ path, sha256 }) => ({ path, sha256 })),
    { path: BUNDLE.provenance, sha256: provenanceDigest },
    { path: BUNDLE.permit, sha256: permitDigest },
  ];
}
