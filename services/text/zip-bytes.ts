import { inflateRawSync } from 'node:zlib';

/** An entry of a zip that lies in memory. */
export type ZipMember = {
  readonly name: string;
  readonly packed: number;
  readonly isEncrypted: boolean;
  readonly isFolder: boolean;
  /** What it holds, as much as may come out; `undefined` where that is packed in a way that is not known. */
  readonly read: (room: number) => { bytes: Uint8Array; whole: boolean; damaged: boolean } | undefined;
};

type ZipListing = {
  readonly members: readonly ZipMember[];
  /** Something of it belongs to no entry, or its directory is damaged: it may hold what no list tells. */
  readonly damaged: boolean;
  /** The directory tells of more entries than are listed. */
  readonly more: boolean;
  /** Comments, and whatever follows the directory: none of it is in any entry. */
  readonly beside: Uint8Array;
};

/**
 * The entries of a zip as its directory tells them. Where that is missing, or leaves something out, whatever begins like an
 * entry is one: a reader of another kind would find it there.
 */
export function listZip(bytes: Uint8Array, max: number): ZipListing {
  const zip = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const directory = findDirectory(zip);
  const read = directory === undefined ? undefined : readDirectory(zip, directory, max + 1);
  if (read === undefined || directory === undefined)
    return { members: salvage(zip, 0, zip.length, max), damaged: true, more: false, beside: NOTHING };
  const { entries: listed, beside } = read;
  const parts = listed.slice(0, max);
  const hidden = listed.length > max ? [] : gaps(zip, parts, directory.start);
  const found = hidden.flatMap(([from, to]) => salvage(zip, from, to, max));
  return {
    members: [...parts.map((entry) => member(zip, entry)), ...found],
    damaged: hidden.length > 0,
    more: listed.length > max,
    beside,
  };
}

const NOTHING = new Uint8Array(0);

type Directory = { readonly start: number; readonly count: number };
type Entry = {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly packed: number;
  readonly start: number;
};

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;

export function hasZipEnd(bytes: Uint8Array): boolean {
  return findDirectory(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)) !== undefined;
}

function findDirectory(zip: Buffer): Directory | undefined {
  for (let at = zip.length - 22; at >= Math.max(0, zip.length - 22 - 0xffff); at -= 1) {
    if (zip.readUInt32LE(at) !== END) continue;
    const size = zip.readUInt32LE(at + 12);
    const said = zip.readUInt32LE(at + 16);
    const count = zip.readUInt16LE(at + 10);
    // with something before the zip its offsets are off by as much, but the directory still ends here
    const start = at - size;
    if (count === 0) return { start: at, count };
    if (start >= 0 && zip.readUInt32LE(start) === CENTRAL) return { start, count };
    if (said + 4 <= zip.length && zip.readUInt32LE(said) === CENTRAL) return { start: said, count };
  }
  return undefined;
}

function readDirectory(
  zip: Buffer,
  { start, count }: Directory,
  max: number,
): { entries: Entry[]; beside: Uint8Array } | undefined {
  const entries: Entry[] = [];
  const comments: Buffer[] = [];
  let at = start;
  for (; at + 46 <= zip.length && zip.readUInt32LE(at) === CENTRAL && entries.length < max; ) {
    const [nameLength, extraLength] = [zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30)];
    const comment = at + 46 + nameLength + extraLength;
    const end = comment + zip.readUInt16LE(at + 32);
    if (end > zip.length) return undefined;
    if (end > comment) comments.push(zip.subarray(comment, end), LINE);
    const flags = zip.readUInt16LE(at + 8);
    const extra = zip.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    const [, packed, offset] = wide(extra, [
      zip.readUInt32LE(at + 24),
      zip.readUInt32LE(at + 20),
      zip.readUInt32LE(at + 42),
    ]);
    const name = text(zip.subarray(at + 46, at + 46 + nameLength));
    entries.push({ name, flags, method: zip.readUInt16LE(at + 10), packed, start: offset });
    at = end;
  }
  if (entries.length === 0 && count > 0) return undefined;
  return { entries, beside: Buffer.concat([...comments, zip.subarray(at)]) };
}

const LINE = Buffer.from('\n');

/** Numbers that do not fit stand behind the name, in the order in which they are missing. */
function wide(extra: Buffer, values: [number, number, number]): [number, number, number] {
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === 1) {
      let from = at + 4;
      return values.map((value) => {
        if (value !== 0xffff_ffff || from + 8 > Math.min(extra.length, at + 4 + length)) return value;
        from += 8;
        return Number(extra.readBigUInt64LE(from - 8));
      }) as [number, number, number];
    }
    at += 4 + length;
  }
  return values;
}

function member(zip: Buffer, { name, flags, method, packed, start }: Entry): ZipMember {
  return {
    ...{ name, packed, isEncrypted: (flags & 1) !== 0, isFolder: name.endsWith('/') && packed === 0 },
    read(room) {
      const from = dataStart(zip, start);
      if (from === undefined) return { bytes: new Uint8Array(0), whole: true, damaged: true };
      const data = zip.subarray(from, from + packed);
      if (method === 0)
        return { bytes: data.subarray(0, room), whole: data.length <= room, damaged: data.length < packed };
      return method === 8 ? inflate(data, room) : undefined;
    },
  };
}

function dataStart(zip: Buffer, at: number): number | undefined {
  if (at + 30 > zip.length || zip.readUInt32LE(at) !== LOCAL) return undefined;
  return at + 30 + zip.readUInt16LE(at + 26) + zip.readUInt16LE(at + 28);
}

function inflate(data: Buffer, room: number): { bytes: Uint8Array; whole: boolean; damaged: boolean } {
  try {
    return {
      bytes: inflateRawSync(data, { maxOutputLength: Math.max(1, room) }),
      whole: true,
      damaged: false,
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      return { bytes: beginning(data, room), whole: false, damaged: false };
    return { bytes: beginning(data, room), whole: true, damaged: true };
  }
}

/** As much as comes out of the beginning of packed data. */
function beginning(data: Buffer, room: number): Uint8Array {
  for (let length = data.length; length > 16; length = Math.floor(length / 2)) {
    try {
      return inflateRawSync(data.subarray(0, length), {
        maxOutputLength: Math.max(1, room),
        finishFlush: SYNC_FLUSH,
      });
    } catch {
      // shorter, until what is left comes before the damage
    }
  }
  return new Uint8Array(0);
}

const SYNC_FLUSH = 2;

/** Where something lies that no entry tells of. */
function gaps(zip: Buffer, entries: readonly Entry[], directory: number): [number, number][] {
  const sorted = entries
    .map(({ start, packed, flags }) => ({ start, end: (dataStart(zip, start) ?? start) + packed, flags }))
    .sort((a, b) => a.start - b.start);
  const found: [number, number][] = [];
  let [at, slack] = [0, 0];
  for (const { start, end, flags } of [...sorted, { start: directory, end: directory, flags: 0 }]) {
    // sizes may follow the content, and producers align what they store: what is zero says nothing
    if (start - at > slack && zip.subarray(at + slack, start).some((byte) => byte !== 0))
      found.push([at, start]);
    at = Math.max(at, end);
    slack = flags & DESCRIPTOR ? MOST_DESCRIPTOR : 0;
  }
  return found;
}

const DESCRIPTOR = 0x08;
const MOST_DESCRIPTOR = 24;

/** Entries that no directory tells of. */
function salvage(zip: Buffer, from: number, to: number, max: number): ZipMember[] {
  const part = zip.subarray(from, to); // each part is searched once, however many there are
  const found: ZipMember[] = [];
  for (let at = part.indexOf(LOCAL_BYTES); at !== -1 && at + 30 <= part.length && found.length < max; ) {
    const nameLength = part.readUInt16LE(at + 26);
    const data = at + 30 + nameLength + part.readUInt16LE(at + 28);
    const next = part.indexOf(LOCAL_BYTES, at + 30);
    const said = part.readUInt32LE(at + 18);
    const room = (next === -1 ? part.length : next) - data;
    found.push(
      member(zip, {
        name: text(part.subarray(at + 30, at + 30 + nameLength)),
        flags: part.readUInt16LE(at + 6),
        method: part.readUInt16LE(at + 8),
        packed: said > 0 && data + said <= part.length ? said : Math.max(0, room),
        start: from + at,
      }),
    );
    at = next;
  }
  return found;
}

const LOCAL_BYTES = Buffer.from([0x50, 0x4b, 0x03, 0x04]);

const text = (bytes: Buffer): string => bytes.toString('utf8');
