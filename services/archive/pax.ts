import { invalidArchive } from './invalid.ts';

/** Records of a pax header, `length key=value\n`; of a key given twice the last value counts, for every reader. */
export function readPax(bytes: Buffer): ReadonlyMap<string, Buffer> {
  const records = new Map<string, Buffer>();
  let at = 0;
  while (at < bytes.length) {
    const space = bytes.indexOf(0x20, at);
    const digits = space === -1 ? '' : bytes.toString('latin1', at, space);
    const end = /^[1-9]\d{0,8}$/.test(digits) ? at + Number(digits) : Number.NaN;
    const equals = bytes.indexOf(0x3d, space);
    const isRecord = end <= bytes.length && equals > space && equals < end && bytes[end - 1] === 0x0a;
    if (!isRecord) throw invalidArchive('a pax header is damaged');
    records.set(bytes.toString('utf8', space + 1, equals), bytes.subarray(equals + 1, end - 1));
    at = end;
  }
  return records;
}
