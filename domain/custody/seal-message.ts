import { base64, bundleBytes } from './bundle-bytes.ts';
import { sha256 } from './digest.ts';
import type { StatementSigner } from './seal-statement.ts';

/** Signs bytes as they are, and puts their digest and the signature into a Sigstore bundle v0.3. */
export async function sealMessage(
  bytes: Uint8Array,
  signer: StatementSigner,
  certificate?: Uint8Array,
): Promise<Uint8Array> {
  const signature = base64(await signer.sign(bytes));
  const digest = base64(Buffer.from(sha256(bytes), 'hex'));
  return bundleBytes(
    { keyId: signer.keyId, certificate },
    { messageSignature: { messageDigest: { algorithm: 'SHA2_256', digest }, signature } },
  );
}
