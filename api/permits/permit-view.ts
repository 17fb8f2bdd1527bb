import { DenialReason, Violation } from '../../contracts/denial.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { rawPrefix } from '../../contracts/object-keys.ts';
import { PermitFacts, ShadowJudgement, type UploadPermission } from '../../contracts/permission.ts';
import { PermitStatement } from '../../contracts/statements.ts';
import { Tier } from '../../contracts/trust-policy.ts';
import { CustodyError } from '../../domain/custody/custody-error.ts';
import { type OpenedStatement, openStatement } from '../../domain/custody/open-statement.ts';
import type { PermitRecord } from '../../services/database/permits.ts';
import type { ApiDeps } from '../deps.ts';
import { witnessOf } from './witnessed-permit.ts';

type Deps = Pick<ApiDeps, 'settings' | 'trust'>;
type Opened = OpenedStatement<PermitStatement>;

/** What Trust has decided, as its signature shows it: a row that says more than its statement is shown as refused. */
export function permitView(deps: Deps, scope: Scope, row: PermitRecord, now: Date): UploadPermission {
  const opened = openedPermit(deps, scope, row);
  const expired = opened !== undefined && now.getTime() >= Date.parse(termsOf(opened).expires_at);
  const facts = PermitFacts.safeParse(row.facts).data;
  return {
    upload_permission_id: row.id,
    scan_id: row.testId,
    tier: Tier.catch('verified').parse(row.tier),
    permitted: opened !== undefined && !expired,
    decided_at: row.decidedAt.toISOString(),
    ...refusal(row, opened, expired),
    violations: Violation.array().catch([]).parse(row.violations),
    shadow: ShadowJudgement.nullable().catch(null).parse(row.shadow),
    policy_digest: row.policyDigest,
    bypass: opened === undefined ? null : (termsOf(opened).bypass ?? null),
    expires_at: opened === undefined ? null : termsOf(opened).expires_at,
    transparency_entry:
      row.logEntryId === null ? null : { entry_id: row.logEntryId, index: Number(row.logIndex) },
    verification_proof: facts === undefined ? null : proofView(deps, row, facts, opened),
    storage_config: opened === undefined ? null : storageView(deps, scope, facts?.component ?? null, opened),
  };
}

/** Asked for, and not decided yet. */
export const pendingView = (id: string, testId: string, tier: Tier): UploadPermission => ({
  upload_permission_id: id,
  scan_id: testId,
  tier,
  permitted: false,
  decided_at: null,
  reason: null,
  detail: 'Trust has not decided yet; ask again',
  violations: [],
  shadow: null,
  policy_digest: null,
  bypass: null,
  expires_at: null,
  transparency_entry: null,
  verification_proof: null,
  storage_config: null,
});

const termsOf = ({ statement }: Opened) => statement.predicate.certus_permit;

/** The permit in a row, when Trust has signed one under this very name; nothing otherwise. */
export function openedPermit(
  { trust: { keySet } }: Pick<ApiDeps, 'trust'>,
  { tenant, workspace }: Scope,
  row: PermitRecord,
): Opened | undefined {
  if (!row.permitted) return undefined;
  try {
    const opened = openStatement(row.statement ?? new Uint8Array(), {
      schema: PermitStatement,
      role: 'permit',
      tenant,
      keySet,
      madeAt: ({ predicate }) => predicate.timeVerified,
    });
    const terms = termsOf(opened);
    const about = opened.statement.subject[0]?.digest.sha256;
    const same =
      terms.id === row.id &&
      terms.tenant === tenant &&
      terms.workspace === workspace &&
      terms.test_id === row.testId &&
      about === row.bundleDigest;
    return same ? opened : undefined;
  } catch (error) {
    if (error instanceof CustodyError) return undefined;
    throw error;
  }
}

function refusal(
  row: PermitRecord,
  opened: Opened | undefined,
  expired: boolean,
): Pick<UploadPermission, 'reason' | 'detail'> {
  if (!row.permitted)
    return { reason: DenialReason.catch('evidence_invalid').parse(row.reason), detail: row.detail };
  if (opened === undefined)
    return { reason: 'signature_invalid', detail: 'what is stored as a permit was not signed as one' };
  return expired
    ? { reason: 'permit_expired', detail: `the permit expired at ${termsOf(opened).expires_at}` }
    : { reason: null, detail: null };
}

/** In the words of old, each from what was found and not from what was claimed. */
function proofView(
  deps: Deps,
  row: PermitRecord,
  facts: PermitFacts,
  opened: Opened | undefined,
): UploadPermission['verification_proof'] {
  const inner = facts.signature === null;
  const unbroken = inner && facts.integrity === null;
  const witness = opened && witnessOf(deps, row, opened.key.public_key_pem);
  return {
    chain_verified: unbroken && opened !== undefined,
    inner_signature_valid: inner,
    outer_signature_valid: opened !== undefined,
    chain_unbroken: unbroken,
    signer_inner: facts.signers.find(({ as }) => as === 'evidence')?.key_id ?? null,
    signer_outer: opened?.key.id ?? null,
    sigstore_timestamp: witness?.integrated_time ?? null,
    verification_timestamp: row.decidedAt.toISOString(),
    rekor_entry_uuid: witness?.uuid ?? null,
    cosign_signature: opened === undefined ? null : signatureOf(row.statement ?? new Uint8Array()),
  };
}

/** Of a statement that was opened: its form is known. */
function signatureOf(statement: Uint8Array): string | null {
  const bundle = JSON.parse(Buffer.from(statement).toString('utf8')) as {
    dsseEnvelope?: { signatures?: { sig?: string }[] };
  };
  return bundle.dsseEnvelope?.signatures?.[0]?.sig ?? null;
}

function storageView(
  { settings }: Deps,
  scope: Scope,
  component: string | null,
  opened: Opened,
): UploadPermission['storage_config'] {
  const { destinations, test_id } = termsOf(opened);
  const url = settings.CERTUS_REGISTRY_URL;
  const registry = url === undefined || !URL.canParse(url) ? null : new URL(url).host || null;
  const { tenant, workspace } = scope;
  return {
    raw_s3_bucket: settings.CERTUS_RAW_BUCKET,
    raw_s3_prefix: rawPrefix(scope, test_id),
    oci_registry: registry,
    oci_repository:
      component === null ? null : `${settings.CERTUS_REGISTRY_NAMESPACE}/${tenant}/${workspace}/${component}`,
    upload_to_s3: destinations.includes('golden'),
    upload_to_oci: destinations.includes('oci'),
  };
}
