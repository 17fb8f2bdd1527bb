import { CertusError } from '../../contracts/errors.ts';
import { oneLine } from '../../domain/text/one-line.ts';
import { readTar } from '../archive/tar.ts';
import { type Content, contentOfBytes } from './content.ts';
import { type Look, MAX_ENTRIES } from './look.ts';
import { looseText } from './loose-text.ts';
import { type Piece, under } from './piece.ts';
import { listZip, type ZipMember } from './zip-bytes.ts';

/** What the files of a zip say, and what they are called. */
export async function* zipText(content: Content, look: Look): AsyncGenerator<Piece> {
  const { members, damaged, more, beside } = listZip(content.whole(), MAX_ENTRIES);
  if (damaged) look.unread('damaged', content.place);
  if (more) look.unread('too_large', content.place);
  yield looseText(content.place, beside);
  yield namesOf(
    content,
    members.map(({ name }) => name),
  );
  for (const member of members) {
    const bytes = readMember(member, content, look);
    if (bytes === 'enough') return;
    if (bytes !== undefined) yield* look.inside(inner(content, member.name, bytes));
  }
}

/** The bytes of an entry; what of it cannot be had is said. */
export function readMember(
  member: ZipMember,
  content: Content,
  look: Look,
): Uint8Array | undefined | 'enough' {
  if (member.isFolder) return undefined;
  const place = placeOf(content, member.name);
  if (!look.entry()) {
    look.unread('too_large', content.place);
    return 'enough';
  }
  if (member.isEncrypted) {
    look.unread('encrypted', place);
    return undefined;
  }
  const read = member.read(Math.min(MAX_ENTRY, look.roomFor(member.packed)));
  if (read === undefined) {
    look.unread('unknown_format', place);
    return undefined;
  }
  look.unpacked(read.bytes.length);
  if (read.damaged) look.unread('damaged', place);
  if (!read.whole) look.unread('too_large', place);
  return read.bytes;
}

export async function* tarText(content: Content, look: Look): AsyncGenerator<Piece> {
  const names: string[] = [];
  try {
    for await (const entry of readTar(chunks(content.whole()))) {
      names.push(entry.shown);
      if (entry.kind !== 'file') {
        if (entry.kind === 'sparse_file') look.unread('unknown_format', placeOf(content, entry.shown));
        continue;
      }
      if (!look.entry()) {
        look.unread('too_large', content.place);
        break;
      }
      const parts: Uint8Array[] = [];
      let size = 0;
      for await (const part of entry.body()) {
        size += part.length;
        if (size > MAX_ENTRY) break;
        parts.push(part);
      }
      if (size > MAX_ENTRY) look.unread('too_large', placeOf(content, entry.shown));
      yield* look.inside(inner(content, entry.shown, Buffer.concat(parts)));
    }
  } catch (error) {
    if (!(error instanceof CertusError)) throw error;
    look.unread('damaged', content.place);
  }
  yield namesOf(content, names);
}

/** Of a file inside of a file. */
const MAX_ENTRY = 64 * 1024 * 1024;

export async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += CHUNK) yield bytes.subarray(at, at + CHUNK);
}

const CHUNK = 64 * 1024;

export const inner = (content: Content, name: string, bytes: Uint8Array): Content =>
  contentOfBytes(bytes, { name, place: placeOf(content, name), depth: content.depth + 1 });

export function placeOf({ place }: Content, name: string): string {
  const shown = oneLine(name, 120) || 'a file without a name';
  return place === '' ? shown : `${place} / ${shown}`;
}

/** What a file is called may tell as much as what it says. */
const namesOf = ({ place }: Content, names: readonly string[]): Piece => ({
  place: under(place, 'names of files'),
  text: names.join('\n'),
});
