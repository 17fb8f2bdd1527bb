import type { X509Certificate } from 'node:crypto';
import { DELIVERY_TYPE, Delivery } from '../../contracts/delivery.ts';
import { CertusError } from '../../contracts/errors.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { parseBundle } from '../../domain/sigstore/parse-bundle.ts';
import { signedContent } from '../../domain/sigstore/signed-content.ts';
import { SigstoreError } from '../../domain/sigstore/sigstore-error.ts';
import { readStrictJson } from '../../domain/sigstore/strict-json.ts';
import { invalid } from '../problems.ts';
import { validate } from '../validate.ts';

export type SignedDelivery = { readonly delivery: Delivery; readonly digest: string };

/** What an agent signed with the very certificate that it connects with. Nothing of it is looked at before that is seen. */
export function openSignedDelivery(bytes: Uint8Array, certificate: X509Certificate): SignedDelivery {
  const payload = signedPayload(bytes, certificate);
  const value = read('what was signed is not JSON that can be read in one way only', () =>
    readStrictJson(payload, payload.length),
  );
  const { delivery } = validate({ delivery: { schema: Delivery, value } }) as { delivery: Delivery };
  requireOneWordOfEach(delivery);
  return { delivery, digest: sha256(payload) };
}

function signedPayload(bytes: Uint8Array, { raw, publicKey }: X509Certificate): Buffer {
  const bundle = read('it is no signed delivery', () => parseBundle(bytes));
  const { content, verificationMaterial } = bundle;
  if (content.$case !== 'dsseEnvelope' || content.dsseEnvelope.payloadType !== DELIVERY_TYPE)
    throw new CertusError('delivery_invalid', `it is no envelope of the type ${DELIVERY_TYPE}`);
  const signer = verificationMaterial.content;
  if (signer.$case !== 'certificate' || !raw.equals(signer.certificate.rawBytes))
    throw new CertusError('untrusted_signer', 'it is not signed with the certificate of this connection');
  if (!signedContent(bundle, undefined).verifySignature(publicKey))
    throw new CertusError('signature_invalid', 'the signature does not hold under the certificate');
  return content.dsseEnvelope.payload;
}

function read<T>(fault: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SigstoreError || error instanceof SyntaxError)) throw error;
    throw new CertusError('delivery_invalid', fault, { cause: error });
  }
}

/** An item that is there twice, or both there and gone, would be what happens to be looked at last. */
function requireOneWordOfEach({ items, gone }: Delivery): void {
  const keys = [...items.map(({ key }) => key), ...gone];
  if (new Set(keys).size !== keys.length)
    throw invalid([{ path: 'delivery.items', message: 'say more than one thing of the same key' }]);
}
