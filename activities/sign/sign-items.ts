import { X509Certificate } from 'node:crypto';
import pMap from 'p-map';
import { CertusError } from '../../contracts/errors.ts';
import { signaturesPrefix, signRequestKey } from '../../contracts/object-keys.ts';
import { MAX_SIGN_REQUEST, SignDocument, type SignInput, type SignItem } from '../../contracts/signing.ts';
import { SIGSTORE_BUNDLE_MEDIA_TYPE } from '../../contracts/statements.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { sealMessage } from '../../domain/custody/seal-message.ts';
import { sealStatement } from '../../domain/custody/seal-statement.ts';
import { requireSignable } from '../../domain/custody/signable.ts';
import type { Signer } from '../../services/keys/signer.ts';
import type { SignDeps } from './deps.ts';
import { bundleKey, contentKey } from './signature-objects.ts';

/**
 * Signs each item of a request once: a signature differs at each attempt, so the first one that was stored is the one
 * that counts. Looks at every item again: whoever can start a workflow has not been through the API.
 */
export async function signItems(deps: SignDeps, input: SignInput): Promise<void> {
  const { items, bundles } = await readRequest(deps, input);
  const prefix = signaturesPrefix(input.scope, input.id);
  const seal =
    bundles === undefined
      ? await sealing(deps, input)
      : async (_: SignItem, at: number) => Buffer.from(bundles[at] ?? '');
  await pMap(
    items,
    async (item, at) => {
      requireSignable(item);
      if ((await deps.raw.head(bundleKey(prefix, at))) !== undefined) return;
      // first what was signed: a bundle without it could be verified by nobody
      if (item.kind === 'message')
        await deps.raw.put(contentKey(prefix, at), Buffer.from(item.content, 'base64'), {
          contentType: 'application/octet-stream',
          ifAbsent: true,
        });
      await deps.raw.put(bundleKey(prefix, at), await seal(item, at), {
        contentType: SIGSTORE_BUNDLE_MEDIA_TYPE,
        ifAbsent: true,
      });
    },
    { concurrency: 4 },
  );
}

async function readRequest(
  { uploads }: SignDeps,
  { scope, request, items, mode }: SignInput,
): Promise<SignDocument> {
  const bytes = await uploads.read(signRequestKey(scope, request), MAX_SIGN_REQUEST * 2);
  if (sha256(bytes) !== request)
    throw new CertusError('digest_mismatch', 'the request is not the one that was made');
  const document = SignDocument.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  const brought = document.bundles?.length ?? 0;
  if (document.items.length !== items || brought !== (mode === 'keyless' ? items : 0))
    throw new CertusError('statement_invalid', 'the request has other items than it was made with');
  return document;
}

async function sealing({ evidenceSigner, timestamp }: SignDeps, { scope, environment, mode }: SignInput) {
  const signer = await evidenceSigner(scope.tenant, environment ?? undefined);
  const certificate = mode === 'certificate' ? leafOf(signer) : undefined;
  return async (item: SignItem): Promise<Uint8Array> => {
    const sealed =
      item.kind === 'statement'
        ? await sealStatement(item.statement, signer, certificate)
        : await sealMessage(Buffer.from(item.content, 'base64'), signer, certificate);
    return timestamp === undefined ? sealed : timestamp(sealed);
  };
}

function leafOf({ keyId, certificatePem }: Signer): Uint8Array {
  if (certificatePem === undefined)
    throw new CertusError('no_signing_key', `the key ${keyId} has no certificate: sign with mode keyed`);
  return new X509Certificate(certificatePem).raw;
}
