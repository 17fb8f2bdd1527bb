import { crc32 } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { CertusError } from '../../contracts/errors.ts';
import { isFileError } from '../files/failure.ts';
import type { ArchiveEntry } from './entry.ts';
import { archiveTooLarge, invalidArchive } from './invalid.ts';
import { describeEntry, type ZipEntry } from './zip-entry.ts';

/**
 * The entries of a zip. It tells everything twice, before each entry and in a directory at its end; readers go by the
 * one or the other. So both must say the same, and nothing may lie between or behind what they tell of.
 */
export async function* readZip(file: string): AsyncGenerator<ArchiveEntry> {
  const zip = await reading(() => openPromise(file, { decodeStrings: false, autoClose: false }));
  try {
    const directory = Number(zip.readEntryCursor);
    const entries = await readDirectory(zip);
    await checkLayout(zip, entries, directory);
    for (const entry of entries) yield { ...entry, body: () => content(zip, entry) };
  } finally {
    zip.close();
  }
}

/** Its size is what somebody says: a directory is read as far as it could be of use, and no further. */
async function readDirectory(zip: ZipFile): Promise<ZipEntry[]> {
  if (zip.entryCount > MAX_ENTRIES) throw archiveTooLarge(`more than ${MAX_ENTRIES} entries`);
  const entries: ZipEntry[] = [];
  await reading(async () => {
    let bytes = 0;
    for await (const raw of zip.eachEntry()) {
      bytes += raw.fileNameLength + raw.extraFieldLength + raw.fileCommentLength;
      if (bytes > MAX_DIRECTORY) throw archiveTooLarge(`a directory of more than ${MAX_DIRECTORY} bytes`);
      entries.push(describeEntry(raw));
    }
  });
  return entries.sort((a, b) => a.raw.relativeOffsetOfLocalHeader - b.raw.relativeOffsetOfLocalHeader);
}

const MAX_ENTRIES = 1_000_000;
const MAX_DIRECTORY = 256 * 1024 * 1024;

async function checkLayout(zip: ZipFile, entries: readonly ZipEntry[], directory: number): Promise<void> {
  let end = 0;
  let gaps: readonly number[] = NO_GAP;
  for (const { raw } of entries) {
    if (!gaps.includes(raw.relativeOffsetOfLocalHeader - end))
      throw invalidArchive('entries overlap or leave gaps');
    const local = await reading(() => zip.readLocalFileHeaderPromise(raw));
    const disagrees =
      !local.fileName.equals(raw.fileNameRaw) ||
      local.compressionMethod !== raw.compressionMethod ||
      (local.generalPurposeBitFlag & MEANING) !== (raw.generalPurposeBitFlag & MEANING) ||
      !agrees(local.uncompressedSize, raw.uncompressedSize, raw) ||
      !agrees(local.compressedSize, raw.compressedSize, raw) ||
      !agrees(local.crc32, raw.crc32, raw);
    if (disagrees) throw invalidArchive('what it says before an entry and in its directory differs');
    end = local.fileDataStart + raw.compressedSize;
    gaps = raw.generalPurposeBitFlag & DESCRIPTOR ? DESCRIPTOR_GAPS : NO_GAP;
  }
  if (!gaps.includes(directory - end)) throw invalidArchive('something lies before its directory');
  // with the signature of 64-bit sizes, their record comes between the directory and the end
  const trailer = zip.fileSize - Number(zip.readEntryCursor) - END_RECORD - zip.comment.length;
  if (trailer !== 0 && trailer !== END_RECORDS_64)
    throw invalidArchive('something lies behind its directory');
}

/** Sizes and checksum follow the content, in one of four ways. */
const DESCRIPTOR = 0x08;
const DESCRIPTOR_GAPS = [0, 12, 16, 20, 24];
const NO_GAP = [0];
const ENCRYPTED = 0x01;
const MEANING = ENCRYPTED | DESCRIPTOR;
const END_RECORD = 22;
const END_RECORDS_64 = 56 + 20;

/** A local header may leave a number to the descriptor, or to its 64-bit form. */
const agrees = (local: number, central: number, { generalPurposeBitFlag }: Entry): boolean =>
  local === central || local === 0xffff_ffff || ((generalPurposeBitFlag & DESCRIPTOR) !== 0 && local === 0);

async function* content(zip: ZipFile, { raw }: ZipEntry): AsyncGenerator<Uint8Array> {
  let checksum = 0;
  try {
    for await (const piece of await zip.openReadStreamPromise(raw)) {
      checksum = crc32(piece as Buffer, checksum);
      yield piece as Buffer;
    }
  } catch (error) {
    throw translated(error);
  }
  if (checksum !== raw.crc32) throw invalidArchive('the checksum of an entry is wrong');
}

async function reading<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw translated(error);
  }
}

function translated(error: unknown): unknown {
  if (error instanceof CertusError || isFileError(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return invalidArchive(`its zip data is damaged (${reason.slice(0, 200)})`, error);
}
