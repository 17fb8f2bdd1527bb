/** Entries as C2SP bundles them: each behind its length in two bytes. */
export function entryBundle(leaves: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    leaves.flatMap((leaf) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(leaf.length);
      return [length, leaf];
    }),
  );
}

/** The longest entry that fits. */
export const MAX_LEAF = 0xffff;

/** `undefined` for bytes that end within an entry. */
export function openEntryBundle(bytes: Uint8Array): Buffer[] | undefined {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const leaves: Buffer[] = [];
  for (let at = 0; at < view.length; ) {
    if (at + 2 > view.length) return undefined;
    const end = at + 2 + view.readUInt16BE(at);
    if (end > view.length) return undefined;
    leaves.push(view.subarray(at + 2, end));
    at = end;
  }
  return leaves;
}
