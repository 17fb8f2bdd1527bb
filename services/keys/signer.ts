/** A private key that is used and never seen: file, Vault and KMS all fit behind it. */
export interface Signer {
  /** Which key signed, for people and key sets; no secret. */
  readonly keyId: string;
  readonly publicKeyPem: string;
  /** Of a key with a certificate: it and its issuers, leaf first. */
  readonly certificatePem?: string;
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}
