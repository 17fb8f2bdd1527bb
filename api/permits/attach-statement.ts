import { CertusError, type ErrorCode } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { AttachedView } from '../../contracts/permission.ts';
import { type CustodyCode, CustodyError } from '../../domain/custody/custody-error.ts';
import { type AttachedStatement, openAttached } from '../../domain/permit/attached-statement.ts';
import { attachStatement } from '../../services/database/attached-statements.ts';
import { tenantKeys } from '../../services/keys/tenant-keys.ts';
import type { Principal } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import { existingScan } from '../scans/existing-scan.ts';
import { finished } from './request-permit.ts';

type Deps = Pick<ApiDeps, 'database' | 'trust'>;

/** Keeps what somebody of the tenant signed about a bundle. Trust verifies it again when it counts it. */
export async function attach(
  { database, trust }: Deps,
  principal: Principal,
  workspace: string,
  testId: string,
  bundle: Record<string, unknown>,
): Promise<AttachedView> {
  const scope: Scope = { tenant: principal.tenant, workspace };
  const { bundleDigest } = finished(await existingScan({ database }, scope, testId));
  const keySet = await tenantKeys(database, trust.keySet, scope.tenant);
  const statement = Buffer.from(JSON.stringify(bundle));
  const at = new Date();
  const opened = held(() =>
    openAttached(statement, {
      tenant: scope.tenant,
      bundleDigest,
      keySet,
      at,
    }),
  );
  const { digest, predicateType, keyId } = opened;
  const { attachedAt } = await attachStatement(database, scope, {
    testId,
    digest,
    predicateType,
    keyId,
    statement,
    attachedBy: principal.subject,
    attachedAt: at,
  });
  return {
    test_id: testId,
    digest,
    predicate_type: predicateType,
    key_id: keyId,
    attached_at: attachedAt.toISOString(),
  };
}

function held(open: () => AttachedStatement): AttachedStatement {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof CustodyError)) throw error;
    throw new CertusError(CODES[error.code] ?? 'statement_invalid', error.message, { cause: error });
  }
}

const CODES: Partial<Record<CustodyCode, ErrorCode>> = {
  signature_invalid: 'signature_invalid',
  untrusted_signer: 'untrusted_signer',
  key_not_valid_then: 'untrusted_signer',
  key_revoked: 'key_revoked',
  certificate_expired: 'certificate_expired',
};
