import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { bundleToJSON, toDSSEBundle, toMessageSignatureBundle } from '@sigstore/bundle';
import { dsse } from '@sigstore/core';
import { PAYLOAD_TYPE } from '../../../contracts/statements.ts';

/** Somebody who signs manifests, with a real key. */
export function manifestSigner(
  { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' }),
) {
  const own = (bytes: Uint8Array) => sign(hashOf(privateKey), bytes, privateKey);
  const asJson = (bundle: Parameters<typeof bundleToJSON>[0]) =>
    JSON.parse(JSON.stringify(bundleToJSON(bundle)));
  return {
    pem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    raw: own,
    base64: (bytes: Uint8Array) => Buffer.from(`${own(bytes).toString('base64')}\n`),
    /** What `cosign sign-blob --bundle` writes. */
    message: (bytes: Uint8Array) =>
      asJson(
        toMessageSignatureBundle({
          digest: createHash('sha256').update(bytes).digest(),
          signature: own(bytes),
          keyHint: 'h',
        }),
      ),
    /** What `cosign attest-blob` writes. */
    statement: (bytes: Uint8Array, changes: object = {}, artifactType = PAYLOAD_TYPE) => {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const statement = {
        _type: 'https://in-toto.io/Statement/v1',
        subject: [{ name: 'm', digest: { sha256 } }],
        predicateType: 'p',
        predicate: {},
        ...changes,
      };
      const artifact = Buffer.from(JSON.stringify(statement));
      const signature = own(dsse.preAuthEncoding(artifactType, artifact));
      return asJson(toDSSEBundle({ artifact, artifactType, signature, keyHint: 'h' }));
    },
  };
}

const hashOf = ({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string | null => {
  if (asymmetricKeyType === 'ed25519') return null;
  return asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'sha384' : 'sha256';
};

export const bytesOf = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
