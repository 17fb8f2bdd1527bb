import { oneLine } from '../../domain/text/one-line.ts';
import { inner, readMember } from './archive.ts';
import type { Content } from './content.ts';
import { decodeXml } from './encoding.ts';
import { attribute, flowText, type Sections } from './flow-text.ts';
import { type Look, MAX_ENTRIES } from './look.ts';
import { looseText } from './loose-text.ts';
import { xmlText } from './markup.ts';
import { type Piece, under } from './piece.ts';
import { sharedStrings, sheetText } from './sheet.ts';
import { readXml } from './xml.ts';
import { listZip, type ZipMember } from './zip-bytes.ts';

export type OfficeFormat = 'docx' | 'xlsx' | 'pptx' | 'odt' | 'ods' | 'odp';

/**
 * All that a document of an office program says, wherever it keeps it: headers, notes, comments, what was deleted and is
 * still there, hidden sheets, authors. A part that is of no known sort is read for every word in it.
 */
export async function* officeText(content: Content, format: OfficeFormat, look: Look): AsyncGenerator<Piece> {
  const { members, damaged, more, beside } = listZip(content.whole(), MAX_ENTRIES);
  if (damaged) look.unread('damaged', content.place);
  if (more) look.unread('too_large', content.place);
  yield looseText(content.place, beside);
  const book = format === 'xlsx' ? readBook(members, content, look) : EMPTY_BOOK;
  const pictures = members.filter(({ isFolder }) => !isFolder);
  for (const member of pictures) {
    const { name } = member;
    const bytes = readMember(member, content, look);
    if (bytes === 'enough') return;
    if (bytes === undefined || (name === 'mimetype' && bytes.length <= LONGEST_TYPE)) continue;
    if (isXml(name)) yield* partText(name, decodeXml(bytes), content, format, book, look);
    else if (SETTINGS.test(name))
      yield { place: under(content.place, 'settings'), text: words(bytes), isTechnical: true };
    else yield* look.inside(inner(content, name, bytes));
  }
  const unused = book.shared.filter((_, at) => !book.used.has(at));
  if (unused.length > 0)
    yield { place: under(content.place, 'texts that no cell shows'), text: unused.join('\n') };
}

/** What is longer says more than what it is a document of. */
const LONGEST_TYPE = 80;

const isXml = (name: string): boolean => /\.(?:xml|rels|vml|rdf)$/i.test(name);

/** What printers were told: names of them in it are all that is of interest. */
const SETTINGS = /printerSettings\d*\.bin$/i;

const words = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString('utf16le')
    .replace(/[^\p{L}\p{N}\p{P}\p{S} ]+/gu, ' ');

type Book = {
  readonly shared: readonly string[];
  readonly used: Set<number>;
  /** What sheets are called, by where they lie. */
  readonly sheets: ReadonlyMap<string, string>;
};

const EMPTY_BOOK: Book = { shared: [], used: new Set(), sheets: new Map() };

function readBook(members: readonly ZipMember[], content: Content, look: Look): Book {
  const read = (name: string): string => {
    const member = members.find((one) => one.name === name);
    const bytes = member === undefined ? undefined : readMember(member, content, look);
    return bytes === undefined || bytes === 'enough' ? '' : decodeXml(bytes);
  };
  const targets = new Map<string, string>();
  readXml(read('xl/_rels/workbook.xml.rels'), {
    open: (name, { Id, Target }) => {
      if (name === 'Relationship' && Id !== undefined && Target !== undefined)
        targets.set(Id, Target.startsWith('/') ? Target.slice(1) : `xl/${Target}`);
    },
  });
  const sheets = new Map<string, string>();
  readXml(read('xl/workbook.xml'), {
    open: (name, attributes) => {
      const target = targets.get(attribute(attributes, 'id') ?? '');
      if (name === 'sheet' && target !== undefined) sheets.set(target, attributes.name ?? '');
    },
  });
  const xml = read('xl/sharedStrings.xml');
  const { strings, wellFormed } = sharedStrings(xml);
  if (xml !== '' && !wellFormed) look.unread('damaged', under(content.place, 'texts of cells'));
  return { shared: strings, used: new Set(), sheets };
}

function* partText(
  name: string,
  xml: string,
  content: Content,
  format: OfficeFormat,
  book: Book,
  look: Look,
): Generator<Piece> {
  const at = (place: string) => under(content.place, place);
  const checked = (read: { pieces: Piece[]; wellFormed: boolean }, place: string): Piece[] => {
    if (!read.wellFormed) look.unread('damaged', at(place));
    return read.pieces;
  };
  if (name === 'xl/sharedStrings.xml') return;
  if (/^xl\/(?:work|chart|dialog|macro)sheets\/[^/]+\.xml$/.test(name)) {
    const place = `sheet ${oneLine(book.sheets.get(name) || name.slice(name.lastIndexOf('/') + 1), 60)}`;
    const read = sheetText(xml, at(place), book.shared, book.used, MAX_SHEET);
    if (!read.whole) look.unread('too_large', at(place));
    yield* checked(read, place);
    return;
  }
  const flow = FLOW.find(([pattern]) => pattern.test(name));
  if (flow !== undefined) {
    const place = flow[1].replace('#', /(\d+)\.xml$/.exec(name)?.[1] ?? '1');
    const unit = place === '' ? { unit: 'paragraph' as const } : {};
    yield* checked(flowText(xml, { place: at(place), ...unit }), place || 'text');
    return;
  }
  if (isOpenDocument(format) && /(?:^|\/)(?:content|styles)\.xml$/.test(name)) {
    const start = name.endsWith('styles.xml') ? 'headers and footers' : format === 'odt' ? '' : 'text';
    const unit = start === '' ? { unit: 'paragraph' as const } : {};
    yield* checked(flowText(xml, { place: at(start), ...unit }, sections(format, at)), start || 'text');
    return;
  }
  if (name === 'META-INF/manifest.xml' && xml.includes('encryption-data'))
    look.unread('encrypted', content.place);
  const place = /^(?:docProps\/|meta\.xml$)/.test(name) ? 'properties' : `part ${oneLine(name, 100)}`;
  const pieces = xmlText(xml, { ...content, place: at(place) }, look);
  if (pieces === undefined) look.unread('damaged', at(place));
  // without a line: nobody sees this text as lines
  const sort = place === 'properties' || name.startsWith('customXml/') ? {} : { isTechnical: true as const };
  for (const { text } of pieces ?? [{ text: xml }]) yield { place: at(place), text, ...sort };
}

/** A cell of a few bytes can show a text of megabytes. */
const MAX_SHEET = 64 * 1024 * 1024;

const FLOW: readonly (readonly [RegExp, string])[] = [
  [/^word\/(?:glossary\/)?document\d*\.xml$/, ''],
  [/^word\/header\d*\.xml$/, 'header #'],
  [/^word\/footer\d*\.xml$/, 'footer #'],
  [/^word\/footnotes\.xml$/, 'footnotes'],
  [/^word\/endnotes\.xml$/, 'endnotes'],
  [/^(?:word|ppt)\/comments[^/]*\.xml$/, 'comments'],
  [/^(?:xl|ppt)\/(?:comments|threadedComments)\/?[^/]*\.xml$/, 'comments'],
  [/^ppt\/slides\/slide\d+\.xml$/, 'slide #'],
  [/^ppt\/notesSlides\/notesSlide\d+\.xml$/, 'notes #'],
  [/^(?:xl|ppt|word)\/(?:drawings|charts|diagrams)\/[^/]+\.xml$/, 'drawings'],
];

const isOpenDocument = (format: OfficeFormat): boolean => format.startsWith('od');

function sections(format: OfficeFormat, at: (place: string) => string): Sections {
  let slides = 0;
  return (element, attributes) => {
    if (format === 'ods' && element === 'table')
      return { place: at(`sheet ${oneLine(attribute(attributes, 'name') ?? '', 60)}`), unit: 'row' };
    if (format !== 'odp' || element !== 'page') return undefined;
    slides += 1;
    return { place: at(`slide ${slides}`) };
  };
}
