/** The id of the key that a bundle names: ours, or what cosign writes, a digest of the key of which ours is the first half. */
export const idInHint = (hint: string): string =>
  /^[A-Za-z0-9+/]{43}=$/.test(hint) ? Buffer.from(hint, 'base64').toString('hex').slice(0, 32) : hint;
