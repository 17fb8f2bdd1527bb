import { randomBytes } from 'node:crypto';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { signRequestKey } from '../../contracts/object-keys.ts';
import {
  MAX_SIGN_REQUEST,
  type SignatureSet,
  type SignDocument,
  type SignInput,
  type SignRequest,
} from '../../contracts/signing.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { requestedItems } from '../../domain/custody/signable.ts';
import type { Principal } from '../authentication.ts';
import { invalid } from '../problems.ts';
import { type KeylessSigner, signAllKeyless } from './keyless.ts';
import { signed } from './sign-runs.ts';
import { findSignatureSet, unsigned } from './signature-set.ts';
import type { SigningDeps } from './signing-deps.ts';

/**
 * Has a request signed. What is to be signed goes into the uploads by its digest, and only the digest through the run; an
 * Idempotency-Key makes the same request the same signatures, for good.
 */
export async function requestSignatures(
  deps: SigningDeps,
  principal: Principal,
  request: SignRequest,
  idempotencyKey: string | undefined,
): Promise<SignatureSet> {
  const scope: Scope = { tenant: principal.tenant, workspace: request.workspace_id };
  const items = requestedItems(request);
  const { mode, environment, token } = wayOf(request);
  const keyless = mode === 'keyless' ? keylessOf(deps, token) : undefined;
  const id = signatureId(scope, 'sign', idempotencyKey);
  if (idempotencyKey !== undefined) await claim(deps, scope, id, { items, mode, environment });
  const before = await findSignatureSet(deps, scope, id);
  if (before !== undefined) return before;
  const document: SignDocument = {
    schema: 'https://certus.dev/sign-request/v1',
    items,
    ...(keyless === undefined ? {} : { bundles: await signAllKeyless(keyless, items) }),
  };
  const input: SignInput = {
    scope,
    id,
    request: await store(deps, scope, document),
    items: items.length,
    mode,
    environment,
    requestedAt: new Date().toISOString(),
  };
  const done = await signed(deps.temporal, { workflow: 'sign', input });
  return (done ? await findSignatureSet(deps, scope, id) : undefined) ?? unsigned(id, 'pending');
}

type Way = Pick<SignInput, 'mode' | 'environment'> & { readonly token: string | undefined };

function wayOf(request: SignRequest): Way {
  if (!('items' in request)) return { mode: 'keyed', environment: null, token: undefined };
  const { mode, environment = null, identity_token: token } = request;
  if ((mode === 'keyless') !== (token !== undefined))
    throw invalid([{ path: 'identity_token', message: 'goes with mode keyless, and with no other' }]);
  return { mode, environment, token };
}

function keylessOf({ keyless }: SigningDeps, token: string | undefined) {
  if (keyless === undefined || token === undefined)
    throw new CertusError(
      'no_signing_key',
      'this installation has no Fulcio, Rekor and trusted root to sign without a key',
    );
  return (item: Parameters<KeylessSigner>[0]) => keyless(item, token);
}

/** The key belongs to its tenant and workspace: nobody can guess their way to another's signatures with it. */
export const signatureId = (scope: Scope, kind: string, idempotencyKey: string | undefined): string => {
  if (idempotencyKey === undefined) return `sign_${randomBytes(16).toString('hex')}`;
  return `sign_${sha256(canonicalJson([scope.tenant, scope.workspace, kind, idempotencyKey])).slice(0, 32)}`;
};

/** The first request with a key owns it. Written before anything is started, so that no two can be under way. */
export async function claim(
  { objects }: Pick<SigningDeps, 'objects'>,
  scope: Scope,
  id: string,
  asked: unknown,
): Promise<void> {
  const digest = sha256(canonicalJson(asked));
  const uploads = await objects.uploads();
  const key = signRequestKey(scope, id);
  const { outcome } = await uploads.put(key, Buffer.from(digest), {
    contentType: 'text/plain',
    ifAbsent: true,
  });
  if (outcome === 'exists' && Buffer.from(await uploads.read(key, 64)).toString('utf8') !== digest)
    throw new CertusError('idempotency_conflict', 'this Idempotency-Key was used for another request');
}

async function store({ objects }: SigningDeps, scope: Scope, document: SignDocument): Promise<string> {
  const bytes = Buffer.from(canonicalJson(document));
  if (bytes.length > MAX_SIGN_REQUEST)
    throw new CertusError('payload_too_large', 'together the items are larger than one request may be');
  const digest = sha256(bytes);
  await (await objects.uploads()).put(signRequestKey(scope, digest), bytes, {
    contentType: 'application/json',
    sha256: digest,
    ifAbsent: true,
  });
  return digest;
}
