import type { BitReader } from './bit-reader.ts';
import { invalidArchive } from './invalid.ts';

/** One block behind its checksum: Huffman codes, moved to the front, sorted by what follows, runs cut short. */
export function readBzip2Block(bits: BitReader, table: Uint32Array): Generator<Buffer> {
  if (bits.take(1) === 1) throw damaged();
  const start = bits.take(24);
  const counts = new Uint32Array(256);
  const size = readSymbols(bits, readAlphabet(bits), table, counts);
  if (start >= size) throw damaged();
  link(table, size, counts);
  return unrolled(table, size, start);
}

const PIECE = 64 * 1024;
const GROUP = 50;
const LONGEST_CODE = 20;

/** Which bytes occur, in a map of sixteen maps. */
function readAlphabet(bits: BitReader): Uint8Array {
  const bytes: number[] = [];
  const used = bits.take(16);
  for (let high = 0; high < 16; high += 1) {
    if (((used >> (15 - high)) & 1) === 0) continue;
    const map = bits.take(16);
    for (let low = 0; low < 16; low += 1) if (((map >> (15 - low)) & 1) === 1) bytes.push(high * 16 + low);
  }
  if (bytes.length === 0) throw damaged();
  return Uint8Array.from(bytes);
}

/** Fills the table with the block's bytes in sorted order, and gives how many there are. */
function readSymbols(bits: BitReader, front: Uint8Array, table: Uint32Array, counts: Uint32Array): number {
  const symbols = front.length + 2;
  const groups = bits.take(3);
  if (groups < 2 || groups > 6) throw damaged();
  const selectors = readSelectors(bits, groups);
  const codes = Array.from({ length: groups }, () => readCode(bits, symbols));
  const end = symbols - 1;
  let size = 0;
  let run = 0;
  let weight = 1;
  for (let at = 0; ; at += 1) {
    const code = codes[selectors[Math.floor(at / GROUP)] ?? -1];
    if (code === undefined) throw damaged();
    const symbol = readSymbol(bits, code);
    if (symbol < 2) {
      run += weight << symbol;
      weight *= 2;
      if (run > table.length) throw damaged();
      continue;
    }
    if (run > 0) {
      const byte = front[0] ?? 0;
      if (size + run > table.length) throw damaged();
      table.fill(byte, size, size + run);
      counts[byte] = (counts[byte] ?? 0) + run;
      size += run;
      run = 0;
    }
    weight = 1;
    if (symbol === end) return size;
    if (size >= table.length) throw damaged();
    const byte = toFront(front, symbol - 1);
    table[size++] = byte;
    counts[byte] = (counts[byte] ?? 0) + 1;
  }
}

/** Which code every fifty symbols are in. */
function readSelectors(bits: BitReader, groups: number): Uint8Array {
  const selectors = new Uint8Array(bits.take(15));
  const front = Uint8Array.from({ length: groups }, (_, group) => group);
  for (let at = 0; at < selectors.length; at += 1) {
    let place = 0;
    while (bits.take(1) === 1) {
      place += 1;
      if (place >= groups) throw damaged();
    }
    selectors[at] = toFront(front, place);
  }
  return selectors;
}

function toFront(front: Uint8Array, place: number): number {
  const value = front[place] ?? 0;
  for (let at = place; at > 0; at -= 1) front[at] = front[at - 1] ?? 0;
  front[0] = value;
  return value;
}

type Code = {
  /** Of each length: its first code, how many there are, and where their symbols begin. */
  readonly first: Uint32Array;
  readonly count: Uint32Array;
  readonly offset: Uint32Array;
  readonly symbols: Uint16Array;
  readonly shortest: number;
};

function readCode(bits: BitReader, symbols: number): Code {
  const lengths = new Uint8Array(symbols);
  let length = bits.take(5);
  for (let symbol = 0; symbol < symbols; symbol += 1) {
    for (;;) {
      if (length < 1 || length > LONGEST_CODE) throw damaged();
      if (bits.take(1) === 0) break;
      length += bits.take(1) === 0 ? 1 : -1;
    }
    lengths[symbol] = length;
  }
  const first = new Uint32Array(LONGEST_CODE + 1);
  const count = new Uint32Array(LONGEST_CODE + 1);
  const offset = new Uint32Array(LONGEST_CODE + 1);
  const sorted = new Uint16Array(symbols);
  let next = 0;
  let filled = 0;
  for (let at = 1; at <= LONGEST_CODE; at += 1) {
    first[at] = next;
    offset[at] = filled;
    for (let symbol = 0; symbol < symbols; symbol += 1) if (lengths[symbol] === at) sorted[filled++] = symbol;
    count[at] = filled - (offset[at] ?? 0);
    next = (next + (count[at] ?? 0)) * 2;
  }
  const shortest = count.findIndex((codes) => codes > 0);
  return { first, count, offset, symbols: sorted, shortest };
}

function readSymbol(bits: BitReader, { first, count, offset, symbols, shortest }: Code): number {
  let code = bits.take(shortest - 1);
  for (let length = shortest; length <= LONGEST_CODE; length += 1) {
    code = (code << 1) | bits.take(1);
    const place = code - (first[length] ?? 0);
    if (place >= 0 && place < (count[length] ?? 0)) return symbols[(offset[length] ?? 0) + place] ?? 0;
  }
  throw damaged();
}

/** Undoes the sorting: above each byte, the place of the one that follows it. */
function link(table: Uint32Array, size: number, counts: Uint32Array): void {
  const places = new Uint32Array(256);
  let sum = 0;
  for (let byte = 0; byte < 256; byte += 1) {
    places[byte] = sum;
    sum += counts[byte] ?? 0;
  }
  for (let at = 0; at < size; at += 1) {
    const byte = (table[at] ?? 0) & 0xff;
    const place = places[byte] ?? 0;
    places[byte] = place + 1;
    table[place] = (table[place] ?? 0) | (at << 8);
  }
}

/** After four equal bytes stands how many more of them there were. */
function* unrolled(table: Uint32Array, size: number, start: number): Generator<Buffer> {
  let piece = Buffer.allocUnsafe(PIECE);
  let filled = 0;
  let entry = table[start] ?? 0;
  let previous = -1;
  let equal = 0;
  for (let left = size; left > 0; left -= 1) {
    entry = table[entry >>> 8] ?? 0;
    const byte = entry & 0xff;
    let copies = 1;
    if (equal === 4) {
      copies = byte;
      equal = 0;
    } else {
      equal = byte === previous ? equal + 1 : 1;
      previous = byte;
    }
    if (filled + copies > PIECE) {
      yield piece.subarray(0, filled);
      piece = Buffer.allocUnsafe(PIECE);
      filled = 0;
    }
    piece.fill(previous, filled, filled + copies);
    filled += copies;
  }
  if (filled > 0) yield piece.subarray(0, filled);
}

/** CRC-32 with the highest bit first, which zlib does not have. */
export function bzip2Checksum(before: number, bytes: Uint8Array): number {
  let crc = before;
  for (let at = 0; at < bytes.length; at += 1)
    crc = ((crc << 8) ^ (CRC[(crc >>> 24) ^ (bytes[at] ?? 0)] ?? 0)) >>> 0;
  return crc;
}

const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc >>> 0;
});

const damaged = () => invalidArchive('its bzip2 data is damaged');
