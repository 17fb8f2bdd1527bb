import { bundleToJSON, toDSSEBundle } from '@sigstore/bundle';
import { dsse } from '@sigstore/core';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import { PAYLOAD_TYPE } from '../../contracts/statements.ts';

/** What sealing needs of a key; the private half stays where it is. */
export type StatementSigner = { readonly keyId: string; sign(bytes: Uint8Array): Promise<Uint8Array> };

/**
 * Wraps an in-toto statement into a DSSE envelope inside a Sigstore bundle v0.3. A verifier finds the key by its id, or,
 * when a certificate (DER) is given, by that alone: stock cosign takes one or the other.
 */
export async function sealStatement(
  statement: object,
  signer: StatementSigner,
  certificate?: Uint8Array,
): Promise<Uint8Array> {
  const artifact = Buffer.from(canonicalJson(statement));
  const signature = Buffer.from(await signer.sign(dsse.preAuthEncoding(PAYLOAD_TYPE, artifact)));
  const bundle = toDSSEBundle({
    artifact,
    artifactType: PAYLOAD_TYPE,
    signature,
    keyHint: signer.keyId,
    ...(certificate === undefined ? {} : { certificate: Buffer.from(certificate) }),
  });
  // cosign passes over a signature whose keyid it does not know; the hint of the verification material stays
  for (const entry of bundle.content.dsseEnvelope.signatures) entry.keyid = '';
  return Buffer.from(`${JSON.stringify(bundleToJSON(bundle))}\n`);
}
