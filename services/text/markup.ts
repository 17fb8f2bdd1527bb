import type { Content } from './content.ts';
import { readHtml } from './html-tags.ts';
import type { Look } from './look.ts';
import { type Piece, under } from './piece.ts';
import { TextBuilder } from './text-builder.ts';
import { readXml } from './xml.ts';

/** Text with the name of its element, which tells what it is. `undefined` where it is not well-formed. */
export function xmlText(xml: string, { place }: Content, look: Look): Piece[] | undefined {
  const body = new TextBuilder();
  const open: string[] = [];
  let joins = false;
  const say = (label: string, text: string, line: number) => {
    if (text.trim() === '') return;
    body.breakLine();
    body.add(label === '' ? '' : `${label}: `);
    body.addLines(text, line);
  };
  const { wellFormed, declaresEntities } = readXml(xml, {
    open(name, attributes, line) {
      joins &&= INLINE.has(name);
      for (const [attribute, value] of Object.entries(attributes))
        if (!joins || !LAYOUT.has(attribute)) say(attribute, value, line);
      open.push(name);
    },
    close(name) {
      open.pop();
      joins &&= INLINE.has(name);
    },
    text(text, line) {
      const first = line - linesIn(text);
      if (joins) body.addLines(text, first);
      else say(open.at(-1) ?? '', text, first);
      joins = true;
    },
    comment: (text, line) => say('comment', text, line - linesIn(text)),
    doctype: (text) => say('document type', text, 1),
  });
  if (!wellFormed) return undefined;
  // a text may be put together out of what it declares, and nothing here does so
  if (declaresEntities) look.unread('unknown_format', under(place, 'document type'));
  return [body.piece(place, 'line')];
}

/** What people see of a page, what its links lead to, and what it says to nobody. */
export function htmlText(html: string, { place }: Content): Piece[] {
  const [body, beside] = [new TextBuilder(), new TextBuilder()];
  const lines = new LineCount(html);
  const aside = (text: string, line: number) => {
    if (text.trim() === '') return;
    beside.breakLine();
    beside.addLines(text, line);
  };
  readHtml(html, {
    open(name, attributes, at) {
      if (!INLINE.has(name)) body.breakLine();
      for (const [attribute, value] of Object.entries(attributes))
        if (!LAYOUT.has(attribute)) aside(`${attribute}: ${readable(value)}`, lines.at(at));
    },
    close(name) {
      if (!INLINE.has(name)) body.breakLine();
    },
    text: (text, at) => body.addLines(text, lines.at(at)),
    remark: (text, at) => aside(text, lines.at(at)),
  });
  return [
    { ...body.piece(place, 'line'), html },
    { ...beside.piece(place, 'line'), isAside: true },
  ];
}

/** Elements that do not part a word. */
// biome-ignore format: a table reads better in rows
const INLINE: ReadonlySet<string> = new Set([
  'a', 'abbr', 'b', 'bdi', 'bdo', 'big', 'cite', 'code', 'del', 'dfn', 'em', 'font', 'i', 'ins', 'kbd', 'mark', 'q', 's',
  'r', 'rPr', 'samp', 'small', 'span', 'strike', 'strong', 'sub', 'sup', 't', 'tspan', 'tt', 'u', 'var', 'wbr',
]);

/** Attributes that are of no interest to people. */
const LAYOUT: ReadonlySet<string> = new Set([
  'class',
  'width',
  'height',
  'colspan',
  'rowspan',
  'd',
  'points',
]);

/** An address inside of a link may be written in percents. */
function readable(value: string): string {
  if (!value.includes('%')) return value;
  try {
    return decodeURIComponent(value);
  } catch (error) {
    if (error instanceof URIError) return value;
    throw error;
  }
}

const linesIn = (text: string): number => text.split('\n').length - 1;

/** Lines of offsets that come in ascending order. */
class LineCount {
  readonly #text: string;
  #at = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
  }

  at(offset: number): number {
    for (let end = this.#text.indexOf('\n', this.#at); end !== -1 && end < offset; ) {
      this.#at = end + 1;
      this.#line += 1;
      end = this.#text.indexOf('\n', this.#at);
    }
    return this.#line;
  }
}
