/** Seals the keys that private keys are encrypted with: a file, Vault and KMS all fit behind it. */
export interface KeyEncryption {
  /** Which one sealed, so that what it sealed is found again after a change; no secret. */
  readonly id: string;
  /** Ids of those before it whose sealing it still opens. */
  readonly formerIds: readonly string[];
  wrap(dataKey: Uint8Array): Promise<Uint8Array>;
  /** Refused by whoever may only seal. */
  unwrap(wrapped: Uint8Array): Promise<Uint8Array>;
}
