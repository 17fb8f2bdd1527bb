import { invalidArchive } from './invalid.ts';

export const BLOCK = 512;

export type TarHeader = {
  readonly name: Buffer;
  readonly type: string;
  readonly size: number;
  readonly mode: number;
  /** GNU's list of a sparse file's pieces goes on in the next block. */
  readonly moreSparse: boolean;
};

export function readTarHeader(block: Buffer): TarHeader {
  if (!isTarHeader(block)) throw invalidArchive('the header of a tar entry is damaged');
  const type = String.fromCharCode(block[156] ?? 0);
  return {
    name: nameOf(block),
    type: type === '\0' ? '0' : type,
    size: readNumber(block.subarray(124, 136)),
    mode: readNumber(block.subarray(100, 108)),
    moreSparse: type === 'S' && block[482] !== 0,
  };
}

/** The checksum is the sum of all bytes, its own taken for spaces. */
export function isTarHeader(block: Uint8Array): boolean {
  let sum = 0;
  for (let at = 0; at < BLOCK; at += 1) sum += at >= 148 && at < 156 ? 0x20 : (block[at] ?? 0);
  const text = Buffer.from(block.subarray(148, 156)).toString('latin1');
  const [, digits] = /^ *([0-7]+)[ \0]*$/.exec(text) ?? [];
  return digits !== undefined && Number.parseInt(digits, 8) === sum;
}

/** POSIX splits long names over two fields; GNU, who marks its headers otherwise, keeps times in the second. */
function nameOf(block: Buffer): Buffer {
  const name = untilNul(block.subarray(0, 100));
  const isPosix = block.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = isPosix ? untilNul(block.subarray(345, 500)) : Buffer.alloc(0);
  return prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.from('/'), name]);
}

export function untilNul(bytes: Buffer): Buffer {
  const end = bytes.indexOf(0);
  return end === -1 ? bytes : bytes.subarray(0, end);
}

/** Octal digits or, with the first bit set, GNU's binary for what is too large for them. */
function readNumber(field: Buffer): number {
  const [first = 0] = field;
  if (first === 0x80) {
    const value = BigInt(`0x${field.subarray(1).toString('hex')}`);
    if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
  } else if (first < 0x80) {
    const [, digits] = /^ *([0-7]*)[ \0]*$/.exec(field.toString('latin1')) ?? [];
    if (digits !== undefined) return digits === '' ? 0 : Number.parseInt(digits, 8);
  }
  throw invalidArchive('a number in the header of a tar entry is damaged');
}
