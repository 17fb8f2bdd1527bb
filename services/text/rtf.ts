import { inner } from './archive.ts';
import type { Content } from './content.ts';
import { decodePage } from './encoding.ts';
import type { Look } from './look.ts';
import { type Piece, under } from './piece.ts';
import { TextBuilder } from './text-builder.ts';

/** The text of an RTF document, with what it says about its author; what stands in fields, notes and headers is text too. */
export async function* rtfText(content: Content, look: Look): AsyncGenerator<Piece> {
  const bytes = content.whole();
  const { text, notes, beside, held, more, closed } = read(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
  );
  if (!closed) look.unread('damaged', content.place);
  if (more) look.unread('too_large', content.place);
  yield text.piece(content.place, 'paragraph');
  yield notes.piece(under(content.place, 'notes'));
  yield beside.piece(under(content.place, 'beside the text'));
  for (const [at, file] of held.entries()) {
    if (!look.entry()) return look.unread('too_large', content.place);
    yield* look.inside(inner(content, `${file.what} ${at + 1}`, file.bytes));
  }
}

type Group = {
  /** Where its text goes: none for what is none. */
  into: TextBuilder | undefined;
  /** It stands beside the text around it. */
  aside: boolean;
  /** Bytes as hexadecimal digits. */
  data: { readonly what: string; readonly from: number } | undefined;
  /** How many characters stand for a Unicode one to older readers. */
  fallback: number;
  page: string;
};

type Held = { readonly what: string; readonly bytes: Uint8Array };

type Read = {
  readonly text: TextBuilder;
  /** Below the text, above it and in its margin: what people write for people. */
  readonly notes: TextBuilder;
  /** About the document, and what programs keep in it. */
  readonly beside: TextBuilder;
  readonly held: readonly Held[];
  /** There are more than are held. */
  readonly more: boolean;
  readonly closed: boolean;
};

function read(rtf: Buffer): Read {
  const [text, notes, beside] = [new TextBuilder(), new TextBuilder(), new TextBuilder()];
  const held: Held[] = [];
  let more = false;
  const fonts = new Map<number, string>();
  const groups: Group[] = [];
  let group: Group = { into: text, aside: false, data: undefined, fallback: 1, page: 'windows-1252' };
  let [skip, paragraph, font] = [0, 1, 0];
  let pending: number[] = [];
  let [at, depth] = [0, 0];
  text.mark(1);
  const flush = () => {
    if (pending.length > 0) group.into?.add(decodePage(Uint8Array.from(pending), group.page));
    pending = [];
  };
  const byte = (value: number) => {
    if (skip > 0) skip -= 1;
    else if (group.data === undefined) pending.push(value);
    if (pending.length >= MOST_PENDING) flush();
  };
  while (at < rtf.length) {
    const sign = rtf[at] as number;
    if (sign === OPEN) {
      flush();
      takeData(at);
      depth += 1;
      // a document of nothing but braces is no deeper than this to us
      if (groups.length < MAX_GROUPS) groups.push(group);
      group = { ...group, data: undefined, aside: false };
      [at, skip] = [at + 1, 0];
    } else if (sign === CLOSE) {
      flush();
      takeData(at);
      if (group.aside) group.into?.breakLine();
      depth -= 1;
      const outer = depth < groups.length ? groups.pop() : group;
      group = outer ?? group;
      if (group.data !== undefined) group.data = { ...group.data, from: at + 1 };
      [at, skip] = [at + 1, 0];
    } else if (sign === BACKSLASH) at = control();
    else {
      if (sign !== 0x0a && sign !== 0x0d) byte(sign);
      at += 1;
    }
  }
  flush();
  return { text, notes, beside, held, more, closed: depth === 0 };

  function hold(what: string, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (held.length < MAX_HELD) held.push({ what, bytes });
    else more = true;
  }

  /** What is none of the digits that should be there is looked into as it stands. */
  function takeData(until: number): void {
    if (group.data === undefined) return;
    const written = rtf.subarray(group.data.from, until).filter((code) => code > 0x20);
    const bytes = Buffer.from(Buffer.from(written).toString('latin1'), 'hex');
    hold(group.data.what, bytes);
    if (2 * bytes.length < written.length - 1) hold(group.data.what, rtf.subarray(group.data.from, until));
    group.data = { ...group.data, from: until };
  }

  function control(): number {
    const next = rtf[at + 1] ?? 0;
    if (next === 0x27) {
      byte(Number.parseInt(rtf.toString('latin1', at + 2, at + 4), 16) || 0x3f);
      return at + 4;
    }
    if (!isLetter(next)) {
      if (next === 0x2a) setAside(beside); // what an unknown destination holds is text that somebody may read
      if (next === 0x7e) byte(0x20);
      else if (next === 0x5f) byte(0x2d);
      else if (next === 0x0a || next === 0x0d) newParagraph();
      else if (next === BACKSLASH || next === OPEN || next === CLOSE) byte(next);
      return at + 2;
    }
    const [whole = '\\', word = '', number] =
      /^\\([a-zA-Z]{1,32})(-?\d{1,10})? ?/.exec(rtf.toString('latin1', at, at + 48)) ?? [];
    takeData(at);
    const behind = at + whole.length;
    obey(word, number === undefined ? undefined : Number(number), behind);
    if (word !== 'bin') return behind;
    // bytes as they are, which a reader passes over or shows as a picture
    const end = Math.min(rtf.length, behind + Math.max(0, Number(number ?? 0)));
    hold(group.data?.what ?? 'data', rtf.subarray(behind, end));
    if (group.data !== undefined) group.data = { ...group.data, from: end };
    return end;
  }

  function newParagraph(): void {
    flush();
    group.into?.add('\n');
    if (group.into !== text) return;
    paragraph += 1;
    text.mark(paragraph);
  }

  function setAside(into: TextBuilder): void {
    flush();
    if (group.into === undefined) return;
    into.breakLine();
    [group.into, group.aside] = [into, true];
  }

  function obey(word: string, number: number | undefined, next: number): void {
    if (word === 'u' && number !== undefined) {
      flush();
      if (group.data === undefined) group.into?.add(String.fromCharCode(number & 0xffff));
      skip = group.fallback;
      return;
    }
    if (word === 'uc') group.fallback = Math.min(Math.max(0, number ?? 1), 16);
    else if (ENDS.has(word)) newParagraph();
    else if (SIGNS[word] !== undefined) {
      flush();
      group.into?.add(SIGNS[word]);
    } else if (word === 'ansicpg') group.page = pageOf(number ?? 1252);
    else if (word === 'f') {
      font = number ?? 0;
      const page = fonts.get(font);
      if (page !== undefined && page !== group.page) {
        flush();
        group.page = page;
      }
    } else if (word === 'fcharset') {
      const page = CHARSETS[number ?? 0];
      if (page !== undefined) fonts.set(font, page);
    } else if (SILENT.has(word)) {
      flush();
      group.into = undefined;
    } else if (NOTES.has(word)) setAside(notes);
    else if (ASIDE.has(word)) setAside(beside);
    else if (DATA.has(word)) {
      flush();
      group.data = { what: word === 'pict' ? 'picture' : 'object', from: next };
    } else if (group.data !== undefined) group.data = { ...group.data, from: next };
  }
}

const [OPEN, CLOSE, BACKSLASH] = [0x7b, 0x7d, 0x5c];
const MAX_GROUPS = 1000;
const MAX_HELD = 1000;
const MOST_PENDING = 64 * 1024;

const isLetter = (code: number): boolean => (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);

const ENDS: ReadonlySet<string> = new Set(['par', 'line', 'sect', 'page', 'row', 'column', 'softline']);

const SIGNS: Readonly<Record<string, string>> = {
  tab: '\t',
  cell: '\t',
  nestcell: '\t',
  emdash: '—',
  endash: '–',
  emspace: ' ',
  enspace: ' ',
  lquote: '‘',
  rquote: '’',
  ldblquote: '“',
  rdblquote: '”',
  bullet: '•',
};

/** How things look, in digits. What anything else holds is looked at. */
const SILENT: ReadonlySet<string> = new Set(['themedata', 'colorschememapping', 'datastore']);

/** Text that does not stand in the text around it. */
const ASIDE: ReadonlySet<string> = new Set([
  ...[
    'author',
    'operator',
    'title',
    'subject',
    'manager',
    'company',
    'keywords',
    'comment',
    'doccomm',
    'category',
  ],
  ...['atnauthor', 'atnid', 'fonttbl', 'colortbl', 'stylesheet', 'listtext', 'pntext', 'fldinst', 'info'],
]);

const NOTES: ReadonlySet<string> = new Set([
  ...['header', 'headerl', 'headerr', 'headerf', 'footer', 'footerl', 'footerr', 'footerf'],
  ...['footnote', 'annotation'],
]);

const DATA: ReadonlySet<string> = new Set(['pict', 'objdata']);

const pageOf = (number: number): string => PAGES[number] ?? `windows-${number}`;

const PAGES: Readonly<Record<number, string>> = {
  866: 'ibm866',
  932: 'shift_jis',
  936: 'gbk',
  949: 'euc-kr',
  950: 'big5',
  10000: 'macintosh',
  65001: 'utf-8',
};

const CHARSETS: Readonly<Record<number, string>> = {
  0: 'windows-1252',
  77: 'macintosh',
  128: 'shift_jis',
  129: 'euc-kr',
  134: 'gbk',
  136: 'big5',
  161: 'windows-1253',
  162: 'windows-1254',
  163: 'windows-1258',
  177: 'windows-1255',
  178: 'windows-1256',
  186: 'windows-1257',
  204: 'windows-1251',
  222: 'windows-874',
  238: 'windows-1250',
};
