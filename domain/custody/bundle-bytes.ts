import { SIGSTORE_BUNDLE_MEDIA_TYPE } from '../../contracts/statements.ts';

/** How a verifier finds the key: by its id, or, when a certificate (DER) is given, by that alone. */
export type BundleSigner = { readonly keyId: string; readonly certificate: Uint8Array | undefined };

/**
 * A Sigstore bundle v0.3 as text. Written as it stands and not through the library's messages, which takes half as long
 * as signing itself; that readers take it, stock cosign among them, the tests see to.
 */
export function bundleBytes({ keyId, certificate }: BundleSigner, content: object): Uint8Array {
  const key =
    certificate === undefined
      ? { publicKey: { hint: keyId } }
      : { certificate: { rawBytes: base64(certificate) } };
  const bundle = {
    mediaType: SIGSTORE_BUNDLE_MEDIA_TYPE,
    verificationMaterial: { ...key, timestampVerificationData: {} },
    ...content,
  };
  return Buffer.from(`${JSON.stringify(bundle)}\n`);
}

export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
