import { crc32 } from 'node:zlib';
import type { Entry } from 'yauzl';
import type { ArchiveEntry } from './entry.ts';
import { invalidArchive } from './invalid.ts';
import { utf8 } from './utf8.ts';

export type ZipEntry = Omit<ArchiveEntry, 'body'> & { readonly raw: Entry };

export function describeEntry(raw: Entry): ZipEntry {
  const name = nameOf(raw);
  const shown = raw.fileNameRaw.toString('utf8');
  const kind = kindOf(raw, shown.endsWith('/'));
  if (kind === 'folder' && raw.uncompressedSize !== 0)
    throw invalidArchive('a folder is said to have content');
  return { raw, name, shown, kind, size: raw.uncompressedSize, executable: (modeOf(raw) & 0o100) !== 0 };
}

function kindOf(raw: Entry, endsAsFolder: boolean): ArchiveEntry['kind'] {
  const type = modeOf(raw) & FILE_TYPE;
  if ((type === FOLDER) !== endsAsFolder && (type === FOLDER || type === FILE))
    throw invalidArchive('an entry is a file to some readers and a folder to others');
  if (endsAsFolder) return 'folder';
  if (type === LINK) return 'symlink';
  if (type !== 0 && type !== FILE) return 'special_file';
  if (raw.isEncrypted()) return 'encrypted';
  return raw.compressionMethod === STORED || raw.compressionMethod === DEFLATED
    ? 'file'
    : 'compression_unknown';
}

const FILE_TYPE = 0o170000;
const FILE = 0o100000;
const FOLDER = 0o040000;
const LINK = 0o120000;
const STORED = 0;
const DEFLATED = 8;

/** Only where a Unix made it does a zip say what a file may do. */
function modeOf({ versionMadeBy, externalFileAttributes }: Entry): number {
  const system = versionMadeBy >>> 8;
  return system === UNIX || system === MACOS ? externalFileAttributes >>> 16 : 0;
}

const UNIX = 3;
const MACOS = 19;

/** A name may be given once more, in Unicode: for readers that know of it, that one counts. */
function nameOf({ fileNameRaw, extraFields }: Entry): string | undefined {
  const name = utf8(fileNameRaw);
  const again = extraFields.find(({ id }) => id === UNICODE_PATH)?.data;
  const isValid = again !== undefined && again.length > 5 && again[0] === 1;
  if (!isValid || again.readUInt32LE(1) !== crc32(fileNameRaw)) return name;
  const unicode = utf8(again.subarray(5));
  if (name !== undefined && unicode !== name) throw invalidArchive('an entry has two names');
  return unicode;
}

const UNICODE_PATH = 0x7075;
