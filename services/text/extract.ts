import { tarText, zipText } from './archive.ts';
import { isPicture } from './binary-format.ts';
import { compressedText } from './compressed.ts';
import { type Content, MAX_MARKUP, MAX_WHOLE } from './content.ts';
import { embeddedText } from './embedded.ts';
import { decode, type Encoding } from './encoding.ts';
import { Look, type LookOptions, MAX_DEPTH, type Opaque } from './look.ts';
import { mailboxText, mailText } from './mail.ts';
import { htmlText, xmlText } from './markup.ts';
import { officeText } from './office.ts';
import { pdfText } from './pdf.ts';
import { pictureText } from './picture.ts';
import { type Piece, under } from './piece.ts';
import { plainText } from './plain.ts';
import { type Recognised, recognise } from './recognise.ts';
import { rtfText } from './rtf.ts';
import { inWindows } from './windows.ts';
import { hasZipEnd } from './zip-bytes.ts';

type Extracted = Recognised & {
  readonly pieces: AsyncGenerator<Piece>;
  /** What was not looked into; complete once all pieces are taken. */
  readonly opaque: readonly Opaque[];
};

/** Reads one file, be it the one that was brought or one that lies in it. */
export type FileReader = (content: Content, recognised: Recognised, look: Look) => AsyncIterable<Piece>;

/**
 * What a file says, in all places in which it may say something. Hostile content is no error: it is opaque. `read` takes the
 * place of `textOf` for who makes something else of some files.
 */
export async function extract(
  content: Content,
  options: LookOptions,
  read: FileReader = textOf,
): Promise<Extracted> {
  const look: Look = new Look(options, (inside) => insideText(inside, look, read));
  const recognised = await recognise(content);
  return { ...recognised, pieces: bounded(content, recognised, look, read), opaque: look.opaque };
}

async function* bounded(
  content: Content,
  recognised: Recognised,
  look: Look,
  read: FileReader,
): AsyncGenerator<Piece> {
  for await (const piece of read(content, recognised, look)) {
    const room = look.text(piece.text.length);
    yield* inWindows(room < piece.text.length ? { ...piece, text: piece.text.slice(0, room) } : piece);
    if (room === piece.text.length) continue;
    look.unread('too_large', piece.place);
    return;
  }
}

async function* insideText(content: Content, look: Look, read: FileReader): AsyncGenerator<Piece> {
  if (content.depth > MAX_DEPTH) return look.unread('too_deep', content.place);
  try {
    yield* read(content, await recognise(content), look);
  } catch (error) {
    damagedBy(error, content, look);
  }
}

export async function* textOf(
  content: Content,
  { format, encoding }: Recognised,
  look: Look,
): AsyncGenerator<Piece> {
  const reader = READERS[format] ?? (isPicture(format) ? pictureReader(format) : undefined);
  if (reader === undefined && encoding !== undefined) {
    yield* writtenText(content, format, encoding, look);
    if (content.size <= MAX_MARKUP) yield* embeddedText(content, look);
  } else if (reader === undefined) {
    look.unread(isEncryptedOffice(content, format) ? 'encrypted' : 'unknown_format', content.place);
  } else if (content.size > MAX_WHOLE) look.unread('too_large', content.place);
  else {
    try {
      yield* reader(content, look);
    } catch (error) {
      damagedBy(error, content, look);
    }
    if (!CONTAINERS.has(format)) yield* appendedText(content, look);
  }
}

type Reader = (content: Content, look: Look) => AsyncIterable<Piece>;

const READERS: Readonly<Record<string, Reader>> = {
  eml: mailText,
  mbox: mailboxText,
  rtf: rtfText,
  pdf: pdfText,
  zip: zipText,
  epub: zipText,
  tar: tarText,
  docx: (content, look) => officeText(content, 'docx', look),
  xlsx: (content, look) => officeText(content, 'xlsx', look),
  pptx: (content, look) => officeText(content, 'pptx', look),
  odt: (content, look) => officeText(content, 'odt', look),
  ods: (content, look) => officeText(content, 'ods', look),
  odp: (content, look) => officeText(content, 'odp', look),
  gzip: (content, look) => compressedText(content, 'gzip', look),
  bzip2: (content, look) => compressedText(content, 'bzip2', look),
  xz: (content, look) => compressedText(content, 'xz', look),
  zstd: (content, look) => compressedText(content, 'zstd', look),
};

const pictureReader =
  (format: string): Reader =>
  (content, look) =>
    pictureText(content, format, look);

/** Parsers throw what they like at hostile content, and all of it means the same. */
function damagedBy(error: unknown, { place }: Content, look: Look): void {
  if (!(error instanceof Error)) throw error;
  look.unread('damaged', place);
}

function* writtenText(content: Content, format: string, encoding: Encoding, look: Look): Generator<Piece> {
  if (content.size <= MAX_MARKUP) {
    if (format === 'html') {
      yield* htmlText(decode(content.whole(), encoding), content);
      return;
    }
    const pieces = format === 'xml' ? xmlText(decode(content.whole(), encoding), content, look) : undefined;
    if (pieces !== undefined) {
      yield* pieces;
      return;
    }
  }
  yield* plainText(content, encoding, format, look);
}

const isEncryptedOffice = ({ head }: Content, format: string): boolean =>
  format === 'ole' && Buffer.from(head).includes(Buffer.from('EncryptedPackage', 'utf16le'));

/** Formats whose own end is that of a zip, or that are made of other files in any case. */
const CONTAINERS: ReadonlySet<string> = new Set([
  ...['zip', 'epub', 'tar', 'docx', 'xlsx', 'pptx', 'odt', 'ods', 'odp'],
  ...['gzip', 'bzip2', 'xz', 'zstd', 'eml', 'mbox'],
]);

/** A zip is read from its end: a picture may be one as well. */
async function* appendedText(content: Content, look: Look): AsyncGenerator<Piece> {
  if (!hasZipEnd(content.whole())) return;
  const place = under(content.place, 'appended zip');
  yield* zipText({ ...content, place, depth: content.depth + 1 }, look);
}
