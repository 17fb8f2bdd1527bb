import { dsse } from '@sigstore/core';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import { PAYLOAD_TYPE } from '../../contracts/statements.ts';
import { base64, bundleBytes } from './bundle-bytes.ts';

/** What sealing needs of a key; the private half stays where it is. */
export type StatementSigner = { readonly keyId: string; sign(bytes: Uint8Array): Promise<Uint8Array> };

/**
 * Wraps an in-toto statement into a DSSE envelope inside a Sigstore bundle v0.3. Stock cosign takes one with the id of a
 * key or one with a certificate, and never the one for the other.
 */
export async function sealStatement(
  statement: object,
  signer: StatementSigner,
  certificate?: Uint8Array,
): Promise<Uint8Array> {
  const payload = Buffer.from(canonicalJson(statement));
  const signature = await signer.sign(dsse.preAuthEncoding(PAYLOAD_TYPE, payload));
  // without a keyid: cosign passes over a signature whose keyid it does not know
  const signatures = [{ sig: base64(signature) }];
  return bundleBytes(
    { keyId: signer.keyId, certificate },
    { dsseEnvelope: { payload: base64(payload), payloadType: PAYLOAD_TYPE, signatures } },
  );
}
