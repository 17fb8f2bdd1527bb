import { bundleToJSON, toMessageSignatureBundle } from '@sigstore/bundle';
import { sha256 } from './digest.ts';
import type { StatementSigner } from './seal-statement.ts';

/** Signs bytes as they are, and puts their digest and the signature into a Sigstore bundle v0.3. */
export async function sealMessage(
  bytes: Uint8Array,
  signer: StatementSigner,
  certificate?: Uint8Array,
): Promise<Uint8Array> {
  const bundle = toMessageSignatureBundle({
    digest: Buffer.from(sha256(bytes), 'hex'),
    signature: Buffer.from(await signer.sign(bytes)),
    keyHint: signer.keyId,
    ...(certificate === undefined ? {} : { certificate: Buffer.from(certificate) }),
  });
  return Buffer.from(`${JSON.stringify(bundleToJSON(bundle))}\n`);
}
