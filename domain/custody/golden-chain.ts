import { BUNDLE, type BundleIndex } from '../../contracts/bundle.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { KeySet } from '../../contracts/keys.ts';
import type { PermitStatement, PromotionStatement, TombstoneStatement } from '../../contracts/statements.ts';
import { type ActualFiles, checkFiles, checkProvenance, parseIndex } from './check-evidence.ts';
import { checkPermit } from './check-permit.ts';
import { checkPromotion } from './check-promotion.ts';
import { CustodyError } from './custody-error.ts';
import { sha256 } from './digest.ts';
import { explainedFiles, type Sanitized } from './explained-files.ts';
import type { OpenedStatement } from './open-statement.ts';
import { requireLogged } from './permit-entry.ts';
import { permitUsedAt } from './promotion-statement.ts';

/** What lies in golden under the name of one run, read and hashed by who asks. */
export type GoldenContent = {
  readonly manifestBytes: Uint8Array;
  /** Every object below the prefix, the statements among them. */
  readonly files: ActualFiles;
  /** Of the index and the statements. */
  readonly bytes: ReadonlyMap<string, Uint8Array>;
  /** Of a copy whose files were deleted: nothing shows it any longer, and its statements stay. */
  readonly deleted?: TombstoneStatement | undefined;
};

export type GoldenRun = { readonly scope: Scope; readonly testId: string };

export type GoldenChain = {
  readonly index: BundleIndex;
  readonly bundleDigest: string;
  readonly permit: OpenedStatement<PermitStatement>;
  readonly promotion: OpenedStatement<PromotionStatement>;
  readonly sanitized: Sanitized | undefined;
};

/**
 * Asks of a copy what was asked when it was promoted, by what lies in it alone: no row is believed. `at` is told what is
 * looked at. A permit that promises less is, as it was then, good for evidence that nobody vouches for.
 */
export function openGoldenChain(
  { scope, testId }: GoldenRun,
  { files, bytes, deleted }: GoldenContent,
  keySet: KeySet,
  at: (path: string) => void,
): GoldenChain {
  const need = (path: string): Uint8Array => {
    at(path);
    const found = bytes.get(path);
    if (found === undefined) throw new CustodyError('missing_file', 'is not there');
    return found;
  };
  const indexBytes = need(BUNDLE.index);
  const index = parseIndex(indexBytes);
  if (index.tenant !== scope.tenant || index.workspace_id !== scope.workspace || index.test_id !== testId)
    throw new CustodyError('wrong_scope', 'the bundle belongs to another run');
  const provenanceBytes = need(BUNDLE.provenance);
  const permitBytes = need(BUNDLE.permit);
  const promotionBytes = need(BUNDLE.promotion);
  at(BUNDLE.sanitize);
  const sanitizeBytes = bytes.get(BUNDLE.sanitize);
  const tombstoneBytes = deleted && bytes.get(BUNDLE.tombstone);
  const evidence = evidenceIn(files);
  const explained = explainedFiles({ indexBytes, files: evidence, sanitizeBytes, tombstoneBytes, keySet });
  at(BUNDLE.index);
  const checked = checkFiles({ indexBytes, files: explained.files });
  const bundle = { ...checked, provenanceDigest: sha256(provenanceBytes) };
  at(BUNDLE.permit);
  const asked = { permitBytes, bundle, keySet, destination: 'golden' } as const;
  const permit = checkPermit(asked);
  const { id, tier } = permit.statement.predicate.certus_permit;
  at(BUNDLE.provenance);
  if (tier === 'verified') checkProvenance(checked, provenanceBytes, keySet);
  at(BUNDLE.permitProof);
  requireLogged(permitBytes, permit, bytes.get(BUNDLE.permitProof) ?? null, keySet);
  at(BUNDLE.promotion);
  const { sanitized } = explained;
  const named = { id, digest: sha256(permitBytes) };
  const promotion = checkPromotion({ promotionBytes, bundle, permit: named, sanitized, keySet });
  at(BUNDLE.permit);
  checkPermit({ ...asked, usedAt: permitUsedAt(promotion.statement.predicate) });
  return { index, bundleDigest: checked.bundleDigest, permit, promotion, sanitized };
}

const evidenceIn = (files: ActualFiles): ActualFiles =>
  new Map([...files].filter(([path]) => !path.startsWith(BUNDLE.statements)));
