import type { Reading } from '../../contracts/ingestion.ts';
import type { Layout } from '../../domain/ingest/chunks/chunk-text.ts';
import { flattenJson } from '../../domain/ingest/flatten-json.ts';
import { formatNamed } from '../../domain/ingest/security/tell.ts';
import { isPicture } from '../text/binary-format.ts';
import { type Content, MAX_MARKUP } from '../text/content.ts';
import { decode, type Encoding } from '../text/encoding.ts';
import { type FileReader, textOf } from '../text/extract.ts';
import type { Look } from '../text/look.ts';
import type { Mark, Piece, PieceFile } from '../text/piece.ts';
import { plainText } from '../text/plain.ts';
import type { Recognised } from '../text/recognise.ts';
import type { TextPiece } from './document-drafts.ts';
import { kindOfText } from './kind-of-text.ts';
import { pageText } from './page-text.ts';
import { securityDocument, type ToldDocument } from './security-document.ts';

/** Who is told what the files are that are read. */
export type Told = {
  /** The file is one of this; its piece holds no text. */
  readonly document: (file: PieceFile, document: ToldDocument) => void;
  readonly kind: (content: Content, format: string, mediaType: string) => void;
  readonly unread: (reason: 'empty' | 'format_mismatch', place: string) => void;
};

/** Reads files for an index: what people read of them, as it is laid out; what is for programs is left out. */
export const createFileReader = (reading: Reading, told: Told): FileReader =>
  async function* readFile(content, recognised, look) {
    const { name, place } = content;
    if (content.size === 0) return told.unread('empty', place);
    const document = securityDocument(content, recognised, reading);
    if (document !== undefined) {
      const file: PieceFile = { name, place, format: document.format };
      told.kind(content, document.format, document.mediaType);
      told.document(file, document);
      yield { place, text: '', file };
      return;
    }
    const isNamed = !MAY_BE_ANY.has(formatNamed(reading.format));
    if (isNamed && !CONTAINERS.has(recognised.format)) return told.unread('format_mismatch', place);
    // of what contains it, only what was asked for
    yield* documentPieces(content, recognised, look, { told, wantsText: !isNamed });
  };

const MAY_BE_ANY: ReadonlySet<string> = new Set(['auto', 'document']);

/** What was asked for may lie in them. */
const CONTAINERS: ReadonlySet<string> = new Set(['zip', 'tar', 'gzip', 'bzip2', 'xz', 'zstd', 'eml', 'mbox']);

async function* documentPieces(
  content: Content,
  recognised: Recognised,
  look: Look,
  { told, wantsText }: { readonly told: Told; readonly wantsText: boolean },
): AsyncGenerator<Piece> {
  const { encoding } = recognised;
  const kind =
    encoding === undefined
      ? { format: recognised.format, layout: 'prose' as const }
      : kindOfText(recognised.format, content.name, decode(content.head.subarray(0, SEEN), encoding));
  told.kind(content, kind.format, recognised.mediaType);
  const file: PieceFile = { name: content.name, place: content.place, format: kind.format };
  let seen = '';
  for await (const piece of piecesOf(content, recognised, kind.layout, look)) {
    if (piece.file !== undefined) yield piece;
    else if (
      wantsText &&
      isForPeople(piece, seen) &&
      !(isPicture(kind.format) && !piece.place.endsWith('text of the picture'))
    ) {
      seen = piece.place;
      yield { ...laidOut(piece, kind.layout), file } satisfies TextPiece;
    }
  }
}

const SEEN = 8192;

async function* piecesOf(
  content: Content,
  recognised: Recognised,
  layout: Layout,
  look: Look,
): AsyncGenerator<Piece & { readonly layout?: Layout }> {
  const { format, encoding } = recognised;
  const isCode = layout === 'code';
  if (encoding === undefined || PACKED.has(format)) yield* textOf(content, recognised, look);
  else if (isCode || content.size > MAX_MARKUP)
    yield* plainText(content, encoding, isCode ? 'text' : format, look);
  else if (format === 'json') yield* jsonPieces(content, encoding, look);
  else if (format === 'html')
    yield { place: content.place, text: pageText(decode(content.whole(), encoding)), layout: 'markdown' };
  else if (format === 'xml') yield* textOf(content, recognised, look);
  else yield* plainText(content, encoding, format, look);
}

/** Texts in which files lie. */
const PACKED: ReadonlySet<string> = new Set(['eml', 'mbox', 'rtf']);

function* jsonPieces(
  { place, whole }: Content,
  encoding: Encoding,
  look: Look,
): Generator<Piece & { layout: Layout }> {
  const value: unknown = JSON.parse(decode(whole(), encoding));
  let isFirst = true;
  for (const text of flattenJson(value, '', () => look.unread('too_deep', place))) {
    yield { place, text, layout: 'paths', ...(isFirst ? {} : { goesOn: true }) };
    isFirst = false;
  }
}

/** Who wrote it with which program, what was deleted from it and the like are no part of what a document says. */
function isForPeople({ text, place, isTechnical, isAside }: Piece, before: string): boolean {
  if (isTechnical === true || isAside === true || text.trim() === '' || BESIDE.test(place)) return false;
  return !(place.endsWith('text (html)') && place === `${before} (html)`);
}

const BESIDE =
  /(?:^|, )(?:properties|outline|settings|beside the text|among the bytes|texts that no cell shows|picture data)$|(?:^|, )earlier version \d+(?:,|$)/;

function laidOut(piece: Piece & { readonly layout?: Layout }, layout: Layout): Omit<TextPiece, 'file'> {
  const { headings, ...rest } = piece;
  if (piece.html !== undefined) return { place: piece.place, text: pageText(piece.html), layout: 'markdown' };
  if (piece.layout !== undefined) return { ...rest, layout: piece.layout };
  if (piece.unit === 'row') return { ...rest, layout: 'table' };
  if (/(?:^|, )headers$/.test(piece.place)) return { ...rest, text: headersFor(piece.text), layout: 'prose' };
  if (NOTES.test(piece.place)) return { ...rest, text: notesFor(piece.text), layout: 'prose' };
  if (headings === undefined || headings.length === 0) return { ...rest, layout };
  return { ...rest, ...withHeadings(piece, headings), layout: 'markdown' };
}

/** As Markdown has them. */
function withHeadings(
  { text, marks }: Piece,
  headings: NonNullable<Piece['headings']>,
): Pick<Piece, 'text' | 'marks'> {
  const parts: string[] = [];
  const moved: Mark[] = [];
  let [at, added, next] = [0, 0, 0];
  const move = (to: number) => {
    for (; marks !== undefined && next < marks.length; next += 1) {
      const [offset, number] = marks[next] as Mark;
      if (offset > to) return;
      moved.push([offset + added, number]);
    }
  };
  for (const [offset, level] of headings) {
    const feed = text.indexOf('\n', offset);
    if (offset < at || text.slice(offset, feed === -1 ? text.length : feed).trim() === '') continue;
    move(offset);
    const signs = `${'#'.repeat(Math.min(6, Math.max(1, level)))} `;
    parts.push(text.slice(at, offset), signs);
    added += signs.length;
    at = offset;
  }
  move(text.length);
  return { text: parts.join('') + text.slice(at), ...(marks === undefined ? {} : { marks: moved }) };
}

/** Of a letter: from whom to whom, about what and when; not over which machines it came. */
const headersFor = (text: string): string => {
  const lines = text.split('\n');
  const subject = lines.findIndex((line) => line.startsWith('Subject:'));
  return [...lines.slice(0, subject + 1), ...lines.filter((line) => /^date:/i.test(line))]
    .slice(0, 200)
    .join('\n');
};

const NOTES = /(?:^|, )notes and fields$/;

/** What is written beside a page, each once, without the words for how it is set. */
const notesFor = (text: string): string =>
  [...new Set(text.split('\n'))].filter((line) => !/^(?:ltr|rtl|auto)?$/.test(line.trim())).join('\n');
