import { CertusError } from '../../contracts/errors.ts';
import type { KeySet } from '../../contracts/keys.ts';
import { signaturesPrefix } from '../../contracts/object-keys.ts';
import {
  MAX_CONTENT_BYTES,
  MAX_SIGN_REQUEST,
  type SignInput,
  type SignItem,
} from '../../contracts/signing.ts';
import { PREDICATE } from '../../contracts/statements.ts';
import type { LogEntry } from '../../contracts/transparency.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { openKeyless } from '../../domain/custody/open-keyless.ts';
import { type OpenedSignature, openSignature } from '../../domain/custody/open-signature.ts';
import { requireSignable } from '../../domain/custody/signable.ts';
import type { TrustedRoot } from '../../domain/sigstore/trusted-root.ts';
import {
  completeSignatures,
  recordSignatures,
  type SignatureRecord,
} from '../../services/database/signatures.ts';
import { tenantKeys } from '../../services/keys/tenant-keys.ts';
import type { TrustDeps } from '../trust/deps.ts';
import { heldOrRefused } from './held-or-refused.ts';
import { bundleKey, contentKey } from './signature-objects.ts';

export type Logged = Pick<SignInput, 'scope' | 'id' | 'items' | 'requestedAt'>;
export type SignatureLogDeps = Pick<TrustDeps, 'database' | 'raw' | 'keySet' | 'log' | 'now'> & {
  /** Who vouches for identities of keyless signatures; nobody when it is missing. */
  readonly trustedRoot?: TrustedRoot | undefined;
};
/**
 * Whose signatures they are: a tenant's key or somebody's own identity, over what may be signed on request, or Trust's own
 * over what it has verified.
 */
export type By = 'evidence' | 'permit' | 'identity';

/**
 * Writes signatures into the log once each holds: what does not is neither logged nor shown. The rows come first and fix
 * the time of each entry, so that a second attempt writes the same entries and finds the first.
 */
export async function logSignatures(deps: SignatureLogDeps, input: Logged, by: By): Promise<void> {
  const at = deps.now();
  const keySet = await tenantKeys(deps.database, deps.keySet, input.scope.tenant);
  const found: SignatureRecord[] = [];
  for (let item = 0; item < input.items; item += 1)
    found.push(await verified(deps, input, item, { keySet, by, at }));
  const rows = await recordSignatures(deps.database, input.scope, input.id, found);
  requireSame(rows, found);
  const places = await deps.log.append(rows.map((row) => entryOf(input, row)));
  const logged = rows.map(({ item }, nth) => {
    const place = places[nth];
    if (place === undefined) throw new CertusError('internal_error', 'the log gave no place to an entry');
    return { item, logIndex: place.index, logEntryId: place.entryId };
  });
  await completeSignatures(deps.database, input.scope, input.id, logged);
}

type Believed = { readonly keySet: KeySet; readonly by: By; readonly at: Date };

async function verified(
  deps: SignatureLogDeps,
  { scope, id, requestedAt }: Logged,
  item: number,
  { keySet, by, at }: Believed,
): Promise<SignatureRecord> {
  const prefix = signaturesPrefix(scope, id);
  const key = bundleKey(prefix, item);
  const bytes = await deps.raw.read(key, MAX_SIGN_REQUEST * 2);
  const content = (await deps.raw.head(contentKey(prefix, item)))
    ? await deps.raw.read(contentKey(prefix, item), MAX_CONTENT_BYTES)
    : undefined;
  const opened = heldOrRefused(() =>
    by === 'identity'
      ? openKeyless(bytes, { root: deps.trustedRoot, at, content })
      : openSignature(bytes, {
          keySet,
          role: by,
          tenant: scope.tenant,
          at: askedAt(requestedAt, at),
          content,
        }),
  );
  requireAllowed(opened, by, content);
  return {
    item,
    kind: opened.kind,
    subjects: [...new Set(opened.subjects)],
    predicateType: opened.predicateType,
    keyId: opened.signer,
    bundleKey: key,
    digest: sha256(bytes),
    logIndex: null,
    logEntryId: null,
    signedAt: at,
  };
}

const PATIENCE_MS = 24 * 3_600_000;

/** A key that was replaced while the request waited for Trust was good when it signed; one of long ago is not. */
const askedAt = (requestedAt: string, now: Date): Date =>
  new Date(Math.min(Math.max(Date.parse(requestedAt), now.getTime() - PATIENCE_MS), now.getTime()));

/** Trust signs with its own key only what it has verified; the keys of tenants sign what may be asked for. */
function requireAllowed(
  { statement, predicateType }: OpenedSignature,
  by: By,
  content: Uint8Array | undefined,
): void {
  if (by !== 'permit') requireSignable(itemOf(statement, content));
  else if (predicateType !== PREDICATE.verification)
    throw new CertusError('statement_invalid', 'the signature is of another kind than Trust gives here');
}

const itemOf = (statement: OpenedSignature['statement'], content: Uint8Array | undefined): SignItem =>
  statement === undefined
    ? { kind: 'message', name: '', content: Buffer.from(content ?? []).toString('base64') }
    : { kind: 'statement', statement };

/** Rows that somebody else wrote under this id would lend their digests a place in the log. */
function requireSame(rows: readonly SignatureRecord[], found: readonly SignatureRecord[]): void {
  const same =
    rows.length === found.length &&
    rows.every(({ digest, keyId }, at) => digest === found[at]?.digest && keyId === found[at].keyId);
  if (!same) throw new CertusError('statement_invalid', 'other signatures are on record under this id');
}

const entryOf = ({ scope, id }: Logged, row: SignatureRecord): LogEntry => ({
  v: 1,
  kind: 'signature',
  tenant: scope.tenant,
  workspace: scope.workspace,
  test_id: null,
  name: `${id}/${row.item}`,
  digest: row.digest,
  subjects: [...row.subjects],
  signer: row.keyId,
  at: row.signedAt.toISOString(),
  note: row.predicateType,
});
