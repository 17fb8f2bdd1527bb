import { inner, placeOf } from './archive.ts';
import type { Content } from './content.ts';
import type { Look } from './look.ts';
import { looseText } from './loose-text.ts';
import { type Piece, under } from './piece.ts';

/**
 * Pages, what is written beside and behind them, and the files that hang on them. Programs save by writing behind what was
 * there: what somebody deleted is still in an earlier version.
 */
export async function* pdfText(content: Content, look: Look): AsyncGenerator<Piece> {
  const bytes = content.whole();
  const seen = new Set<string>();
  for await (const piece of versionText(bytes, content, look)) {
    seen.add(piece.text);
    yield piece;
  }
  yield looseText(content.place, outside(bytes));
  const ends = earlierEnds(bytes);
  if (ends.length > MAX_VERSIONS) look.unread('too_large', under(content.place, 'earlier versions'));
  for (const [at, end] of ends.slice(-MAX_VERSIONS).entries()) {
    const place = under(content.place, `earlier version ${at + 1}`);
    for await (const piece of versionText(bytes.subarray(0, end), { ...content, place }, look)) {
      if (!seen.has(piece.text)) yield piece;
      seen.add(piece.text);
    }
  }
}

/** Where an earlier version ended. The first end of one that is made for the web is in its middle. */
function earlierEnds(bytes: Uint8Array): number[] {
  const pdf = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const ends: number[] = [];
  for (let at = pdf.indexOf(END); at !== -1; at = pdf.indexOf(END, at + 1)) ends.push(at + END.length);
  const isForWeb = pdf.subarray(0, 1024).includes('/Linearized');
  return ends.slice(isForWeb ? 1 : 0, -1);
}

/** Programs pass over what comes before a PDF and behind its end, and over lines that begin with a percent sign. */
function outside(bytes: Uint8Array): Uint8Array {
  const pdf = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const [start, end] = [Math.max(0, pdf.indexOf('%PDF-')), pdf.lastIndexOf(END)];
  const behind = end === -1 ? new Uint8Array(0) : pdf.subarray(end + END.length);
  return Buffer.concat([pdf.subarray(0, start), ...remarksIn(pdf), behind]);
}

function* remarksIn(pdf: Buffer): Generator<Uint8Array> {
  for (let at = pdf.indexOf('%'); at !== -1; at = pdf.indexOf('%', at + 1)) {
    if (at > 0 && !isLineEnd(pdf[at - 1])) continue;
    let end = at;
    while (end < pdf.length && !isLineEnd(pdf[end])) end += 1;
    yield pdf.subarray(at, end + 1);
    at = end;
  }
}

const isLineEnd = (code: number | undefined): boolean => code === 0x0a || code === 0x0d;

const END = '%%EOF';
const MAX_VERSIONS = 20;

async function* versionText(bytes: Uint8Array, content: Content, look: Look): AsyncGenerator<Piece> {
  const { getDocumentProxy } = await import('unpdf');
  const document = await getDocumentProxy(new Uint8Array(bytes), OPTIONS).catch((error: unknown) => {
    look.unread((error as Error).name === 'PasswordException' ? 'encrypted' : 'damaged', content.place);
  });
  if (document === undefined) return;
  try {
    yield* aboutText(document, content, look);
    yield* pagesText(document, content, look);
    yield* attachedText(document, content, look);
  } finally {
    await document.loadingTask.destroy();
  }
}

const OPTIONS = {
  ...{ enableXfa: false, disableFontFace: true, useSystemFonts: false },
  ...{ stopAtErrors: false, verbosity: 0 },
};

type Document = Awaited<ReturnType<typeof import('unpdf')['getDocumentProxy']>>;

async function* aboutText(document: Document, { place }: Content, look: Look): AsyncGenerator<Piece> {
  const properties = under(place, 'properties');
  const about = await tried(look, properties, async () => {
    const { info, metadata } = await document.getMetadata();
    // a form of a kind of its own, beside the pages
    if ((info as { IsXFAPresent?: unknown }).IsXFAPresent === true)
      look.unread('unknown_format', under(place, 'form'));
    return [...textsOf(info), metadata?.getRaw() ?? ''].join('\n');
  });
  if (about !== undefined) yield { place: properties, text: about };
  const outline = under(place, 'outline');
  const beside = await tried(look, outline, async () => [
    ...textsOf(await document.getOutline()),
    ...textsOf(await document.getJSActions()),
    ...textsOf(await document.getPageLabels()),
  ]);
  if (beside !== undefined && beside.length > 0) yield { place: outline, text: beside.join('\n') };
}

async function* pagesText(document: Document, content: Content, look: Look): AsyncGenerator<Piece> {
  for (let number = 1; number <= document.numPages; number += 1) {
    const place = under(content.place, `page ${number}`);
    if (!look.entry()) return look.unread('too_large', place);
    const page = await tried(look, place, () => readPage(document, number));
    if (page === undefined) continue;
    if (page.text.trim() === '' && !page.isEmpty) look.unread('no_text', place);
    else yield { place, text: page.text };
    if (page.notes !== '') yield { place: `${place}, notes and fields`, text: page.notes };
    for (const { id, file } of page.files) yield* fileText(document, id, file, content, look);
  }
}

async function readPage(document: Document, number: number) {
  const page = await document.getPage(number);
  const { items } = await page.getTextContent({ includeMarkedContent: false });
  const text = items.map((item) => ('str' in item ? `${item.str}${item.hasEOL ? '\n' : ''}` : '')).join('');
  const annotations: Record<string, unknown>[] = await page.getAnnotations();
  const notes = textsOf(annotations.map(said)).join('\n');
  const files = annotations.flatMap(({ fileId, file, richMedia }) => [
    ...(typeof fileId === 'string' ? [{ id: fileId, file: (file ?? {}) as Attached }] : []),
    ...heldBy(richMedia),
  ]);
  const isEmpty = text.trim() === '' && (await page.getOperatorList()).fnArray.length === 0;
  page.cleanup();
  return { text, notes, files, isEmpty };
}

function heldBy(media: unknown): { id: string; file: Attached }[] {
  const { fileId, filename } = (media ?? {}) as { fileId?: unknown; filename?: string };
  return typeof fileId === 'string' ? [{ id: fileId, file: filename === undefined ? {} : { filename } }] : [];
}

async function* attachedText(document: Document, content: Content, look: Look): AsyncGenerator<Piece> {
  const place = under(content.place, 'names of files');
  const files = await tried(look, place, () => document.getAttachments());
  for (const [id, file] of files ?? []) yield* fileText(document, id, file, content, look);
}

/** A file that hangs on a document, or on a note on one of its pages. */
async function* fileText(
  document: Document,
  id: string,
  { filename = id, description = '' }: Attached,
  content: Content,
  look: Look,
): AsyncGenerator<Piece> {
  if (!look.entry()) return look.unread('too_large', content.place);
  yield { place: under(content.place, 'names of files'), text: `${filename}\n${description}` };
  const place = placeOf(content, filename);
  const bytes: unknown = await tried(look, place, () => document.getAttachmentContent(id));
  if (bytes instanceof Uint8Array) yield* look.inside(inner(content, filename, bytes));
  else look.unread('damaged', place);
}

type Attached = { readonly filename?: string; readonly description?: string };

/** Its errors are of many kinds, and all mean that this part of a hostile file cannot be read. */
async function tried<T>(look: Look, place: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    look.unread('damaged', place);
    return undefined;
  }
}

/** What a note or a field says, besides how it looks. */
function said(annotation: Record<string, unknown>): unknown[] {
  return SAID.map((key) => annotation[key]);
}

const SAID = [
  ...[
    'contentsObj',
    'titleObj',
    'richText',
    'fieldName',
    'fieldValue',
    'defaultFieldValue',
    'alternativeText',
  ],
  ...['textContent', 'url', 'unsafeUrl', 'options', 'actions'],
];

/** Every text that is anywhere in a value. */
function textsOf(value: unknown, depth = 0): string[] {
  if (typeof value === 'string') return value.trim() === '' ? [] : [value];
  if (value === null || typeof value !== 'object' || depth > 20 || ArrayBuffer.isView(value)) return [];
  const values = value instanceof Map ? [...value.values()] : Object.values(value);
  return values.flatMap((inside) => textsOf(inside, depth + 1));
}
