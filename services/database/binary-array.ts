const TEXT = 25;
const BYTEA = 17;

/** Arrays as Postgres reads them without parsing: written as text, thousands of values would be escaped one by one. */
export const textArray = (values: readonly (string | Uint8Array | null)[]): Buffer =>
  binaryArray(TEXT, values);
export const bytesArray = (values: readonly Uint8Array[]): Buffer => binaryArray(BYTEA, values);

/** Dimensions, whether nulls may follow, the type of the items; then how many there are, counted from one. */
const HEADER_BYTES = 20;

function binaryArray(type: number, values: readonly (string | Uint8Array | null)[]): Buffer {
  const items = values.map((value) => (typeof value === 'string' ? Buffer.from(value) : value));
  const length = items.reduce((sum, item) => sum + 4 + (item?.length ?? 0), HEADER_BYTES);
  const bytes = Buffer.allocUnsafe(length);
  let at = 0;
  for (const word of [1, 1, type, items.length, 1]) at = bytes.writeInt32BE(word, at);
  for (const item of items) {
    at = bytes.writeInt32BE(item?.length ?? -1, at);
    if (item === null) continue;
    bytes.set(item, at);
    at += item.length;
  }
  return bytes;
}
