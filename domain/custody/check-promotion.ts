import { BUNDLE, type BundleIndex } from '../../contracts/bundle.ts';
import type { KeySet } from '../../contracts/keys.ts';
import { PromotionStatement } from '../../contracts/statements.ts';
import { requireSubjects } from './check-evidence.ts';
import { CustodyError } from './custody-error.ts';
import type { Sanitized } from './explained-files.ts';
import { type OpenedStatement, openStatement } from './open-statement.ts';
import { permitUsedAt, promotedFiles } from './promotion-statement.ts';

export type PromotionCheck = {
  readonly promotionBytes: Uint8Array;
  readonly bundle: {
    readonly index: BundleIndex;
    readonly bundleDigest: string;
    readonly provenanceDigest: string;
  };
  /** The permit that lies beside it. */
  readonly permit: { readonly id: string; readonly digest: string };
  /** The inspection that lies beside it, opened; copies of before have none. */
  readonly sanitized?: Sanitized | undefined;
  readonly keySet: KeySet;
};

/** Holds the golden copy to the statement of whoever put it there. */
export function checkPromotion({
  promotionBytes,
  bundle,
  permit,
  sanitized,
  keySet,
}: PromotionCheck): OpenedStatement<PromotionStatement> {
  const { index, bundleDigest } = bundle;
  const opened = openStatement(promotionBytes, {
    schema: PromotionStatement,
    role: 'promotion',
    tenant: index.tenant,
    keySet,
    madeAt: ({ predicate }) => predicate.promotedOn,
  });
  const { statement } = opened;
  const { predicate } = statement;
  requireInspection(statement, sanitized);
  requireSubjects(
    statement.subject,
    promotedFiles(bundle, permit.digest, sanitized).map(({ path, sha256 }) => ({
      name: path,
      digest: { sha256 },
    })),
  );
  if (
    predicate.bundle.digest.sha256 !== bundleDigest ||
    predicate.permit.digest.sha256 !== permit.digest ||
    predicate.permit.id !== permit.id
  ) {
    throw new CustodyError('permit_for_other_bytes', `${BUNDLE.promotion} names another bundle or permit`);
  }
  if (
    predicate.tenant !== index.tenant ||
    predicate.workspace !== index.workspace_id ||
    predicate.test_id !== index.test_id
  ) {
    throw new CustodyError('wrong_scope', 'the promotion belongs to another run');
  }
  if (permitUsedAt(predicate).getTime() > Date.parse(predicate.promotedOn))
    throw new CustodyError('permit_expired', 'the permit was used after the promotion that rests on it');
  return opened;
}

/** Said by name, for whoever looks for what is gone; that it is the very same, the subjects are held to. */
function requireInspection({ subject }: PromotionStatement, sanitized: Sanitized | undefined): void {
  const named = subject.some(({ name }) => name === BUNDLE.sanitize);
  if (named && sanitized === undefined)
    throw new CustodyError('missing_file', `${BUNDLE.sanitize} is not there`);
  if (!named && sanitized !== undefined)
    throw new CustodyError('unlisted_file', `${BUNDLE.sanitize} is there and was not promoted`);
}
