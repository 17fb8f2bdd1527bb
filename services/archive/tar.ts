import { ByteReader } from './byte-reader.ts';
import type { ArchiveEntry, EntryLeftOut } from './entry.ts';
import { invalidArchive } from './invalid.ts';
import { readPax } from './pax.ts';
import { BLOCK, readTarHeader, type TarHeader, untilNul } from './tar-header.ts';
import { utf8 } from './utf8.ts';

/**
 * The entries of a tar, in its order: POSIX, GNU and the oldest. Where readers are known to differ about what a tar
 * holds, it is refused: what was scanned must be what others unpack.
 */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<ArchiveEntry> {
  const reader = new ByteReader(source);
  let notes: Notes = {};
  try {
    for (;;) {
      const block = await reader.take(BLOCK);
      if (block === undefined) throw invalidArchive('it ends without the mark of its end');
      if (block.every((byte) => byte === 0)) break;
      const header = readTarHeader(block);
      if (NOTES.has(header.type)) {
        notes = { ...notes, ...(await readNote(reader, header, notes)) };
        continue;
      }
      yield* readEntry(reader, header, notes);
      notes = {};
    }
    if (Object.keys(notes).length > 0) throw invalidArchive('a header without an entry');
    await requireZeros(reader);
  } finally {
    await reader.close();
  }
}

/** What headers before an entry say about it. */
type Notes = { readonly longName?: Buffer; readonly pax?: ReadonlyMap<string, Buffer> };

/** pax for the next entry, pax for all, GNU's long name and long link, a label. */
const NOTES: ReadonlySet<string> = new Set(['x', 'g', 'L', 'K', 'V']);
const MAX_NOTE = 1024 * 1024;

async function readNote(reader: ByteReader, { type, size }: TarHeader, before: Notes): Promise<Notes> {
  if (size > MAX_NOTE) throw invalidArchive('a header is larger than any name');
  const bytes = size === 0 ? Buffer.alloc(0) : Buffer.from((await reader.take(size)) ?? []);
  if (bytes.length !== size) throw invalidArchive('it ends in the middle');
  await skip(reader, padding(size));
  if (type === 'L') {
    if (before.pax?.has('path')) throw invalidArchive('an entry has two long names');
    return { longName: untilNul(bytes) };
  }
  if (type === 'x') {
    const pax = readPax(bytes);
    if (before.longName !== undefined && pax.has('path')) throw invalidArchive('an entry has two long names');
    return { pax };
  }
  if (type === 'g') {
    const shared = [...readPax(bytes).keys()].filter((key) =>
      /^(path|linkpath|size|GNU\.sparse\.)/.test(key),
    );
    if (shared.length > 0) throw invalidArchive('all entries are said to have the same name or size');
  }
  return {};
}

async function* readEntry(
  reader: ByteReader,
  header: TarHeader,
  { longName, pax }: Notes,
): AsyncGenerator<ArchiveEntry> {
  const size = paxSize(pax) ?? header.size;
  const given = valued(pax?.get('GNU.sparse.name')) ?? valued(pax?.get('path')) ?? longName ?? header.name;
  const kind = [...(pax?.keys() ?? [])].some((key) => key.startsWith('GNU.sparse.'))
    ? 'sparse_file'
    : kindOf(header.type, given);
  if (BODILESS.has(kind) && header.type !== 'D' && size !== 0)
    throw invalidArchive('a link or a folder is said to have content');
  for (let more = header.moreSparse; more; ) {
    const block = await reader.take(BLOCK);
    if (block === undefined) throw invalidArchive('it ends in the middle');
    more = block[504] !== 0;
  }

  let left = size;
  const body = async function* () {
    for await (const piece of reader.stream(size)) {
      left -= piece.length;
      yield piece;
    }
  };
  const name = utf8(given);
  const executable = (header.mode & 0o100) !== 0;
  yield { name, shown: given.toString('utf8'), kind, size, executable, body };
  await skip(reader, left + padding(size));
}

function kindOf(type: string, name: Buffer): ArchiveEntry['kind'] {
  const kind = KINDS[type];
  if (kind === undefined) throw invalidArchive(`an entry is of the unknown type ${JSON.stringify(type)}`);
  // the oldest tars have no other way of saying that an entry is a folder
  return kind === 'file' && name.at(-1) === 0x2f ? 'folder' : kind;
}

const KINDS: Readonly<Record<string, 'file' | 'folder' | EntryLeftOut>> = {
  '0': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'special_file',
  '4': 'special_file',
  '5': 'folder',
  '6': 'special_file',
  '7': 'file',
  D: 'folder',
  S: 'sparse_file',
};

/** Some readers take what follows them for content, others for the next entry. */
const BODILESS: ReadonlySet<string> = new Set(['hardlink', 'symlink', 'special_file', 'folder']);

function paxSize(pax: Notes['pax']): number | undefined {
  const text = valued(pax?.get('size'))?.toString('latin1');
  if (text === undefined) return undefined;
  const size = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(size)) throw invalidArchive('the size of an entry is damaged');
  return size;
}

/** An empty value takes an earlier one back. */
const valued = (value: Buffer | undefined): Buffer | undefined => (value?.length === 0 ? undefined : value);

const padding = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK;

async function skip(reader: ByteReader, size: number): Promise<void> {
  for await (const _ of reader.stream(size));
}

/** What follows the end is nothing to some readers and the next archive to others. */
async function requireZeros(reader: ByteReader): Promise<void> {
  for await (const piece of reader.rest())
    if (piece.some((byte) => byte !== 0)) throw invalidArchive('something follows its end');
}
