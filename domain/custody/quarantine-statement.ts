import { BUNDLE } from '../../contracts/bundle.ts';
import type { KeySet } from '../../contracts/keys.ts';
import type { QuarantineInput } from '../../contracts/quarantine.ts';
import { PREDICATE, QuarantineStatement, STATEMENT_TYPE } from '../../contracts/statements.ts';
import { CustodyError } from './custody-error.ts';
import { type OpenedStatement, openStatement } from './open-statement.ts';

export type Taken = { readonly from: string; readonly to: string; readonly at: Date };

/** What Transform vouches for when it takes a golden copy away. */
export const quarantineStatement = (
  { scope, testId, permitId, bundleDigest, cause }: QuarantineInput,
  { from, to, at }: Taken,
): QuarantineStatement => ({
  _type: STATEMENT_TYPE,
  subject: [{ name: BUNDLE.index, digest: { sha256: bundleDigest } }],
  predicateType: PREDICATE.quarantine,
  predicate: {
    tenant: scope.tenant,
    workspace: scope.workspace,
    test_id: testId,
    permit: { id: permitId },
    cause: 'drift' in cause ? cause : { order: cause.orderId, key: cause.keyId, reason: cause.reason },
    from,
    to,
    quarantinedOn: at.toISOString(),
  },
});

type Run = { readonly tenant: string; readonly workspace: string; readonly testId: string };

/** Believes a notice only of whoever may promote, and only about this run. */
export function openQuarantine(
  bytes: Uint8Array,
  { tenant, workspace, testId }: Run,
  keySet: KeySet,
): OpenedStatement<QuarantineStatement> {
  const opened = openStatement(bytes, {
    schema: QuarantineStatement,
    role: 'promotion',
    tenant,
    keySet,
    madeAt: ({ predicate }) => predicate.quarantinedOn,
  });
  const { predicate } = opened.statement;
  if (predicate.tenant !== tenant || predicate.workspace !== workspace || predicate.test_id !== testId)
    throw new CustodyError('wrong_scope', 'the notice is about another run');
  return opened;
}

/** In a few words, for whoever asks why. */
export const quarantineReason = ({ cause }: QuarantineStatement['predicate']): string =>
  'drift' in cause
    ? `golden held something else than what was promoted: ${cause.drift[0]?.code} at ${cause.drift[0]?.path}`
    : `the key ${cause.key} was revoked: ${cause.reason}`;
