import { BUNDLE, type BundleIndex } from '../../contracts/bundle.ts';
import { PREDICATE, type PromotionStatement, STATEMENT_TYPE } from '../../contracts/statements.ts';
import { publishedFiles, type Sanitized } from './explained-files.ts';

type Promoted = {
  readonly index: BundleIndex;
  readonly bundleDigest: string;
  readonly provenanceDigest: string;
};

export type PromotionFacts = {
  readonly bundle: Promoted;
  readonly permit: { readonly id: string; readonly digest: string };
  /** What was looked for, and what of the bundle is not as it was; missing on copies of before. */
  readonly sanitized?: Sanitized | undefined;
  readonly from: string;
  readonly to: string;
  readonly promotedOn: string;
  /** Left out when it is the same. */
  readonly permitUsedOn?: string | undefined;
};

/** What Transform vouches for once every file stands in golden. */
export function promotionStatement({
  bundle,
  permit,
  sanitized,
  from,
  to,
  promotedOn,
  permitUsedOn,
}: PromotionFacts): PromotionStatement {
  const { index, bundleDigest } = bundle;
  return {
    _type: STATEMENT_TYPE,
    subject: promotedFiles(bundle, permit.digest, sanitized).map(({ path, sha256 }) => ({
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
      ...(permitUsedOn === undefined || permitUsedOn === promotedOn ? {} : { permitUsedOn }),
    },
  };
}

/** Everything that golden holds then: the evidence as it was let through, its index, its provenance, permit and inspection. */
export function promotedFiles(
  { index, bundleDigest, provenanceDigest }: Promoted,
  permitDigest: string,
  sanitized: Sanitized | undefined,
): { path: string; sha256: string }[] {
  return [
    { path: BUNDLE.index, sha256: bundleDigest },
    ...publishedFiles(index, sanitized?.statement).map(({ path, sha256 }) => ({ path, sha256 })),
    { path: BUNDLE.provenance, sha256: provenanceDigest },
    { path: BUNDLE.permit, sha256: permitDigest },
    ...(sanitized === undefined ? [] : [{ path: BUNDLE.sanitize, sha256: sanitized.digest }]),
  ];
}

/** When the permit was used, which its end is held to. */
export const permitUsedAt = ({ promotedOn, permitUsedOn }: PromotionStatement['predicate']): Date =>
  new Date(permitUsedOn ?? promotedOn);
