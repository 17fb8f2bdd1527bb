import type { Piece } from './piece.ts';
import { TextBuilder } from './text-builder.ts';
import { readXml } from './xml.ts';

/** Part of a document, with the piece of it that begins where an element does. */
export type Sections = (
  element: string,
  attributes: Readonly<Record<string, string>>,
) => { readonly place: string; readonly unit?: Piece['unit'] } | undefined;

/**
 * Running text out of the XML of office programs, where a word may be in several elements: paragraphs and rows end lines,
 * cells are apart by tabs. What stands beside the text, such as who wrote a comment, comes behind it.
 */
export function flowText(
  xml: string,
  start: { readonly place: string; readonly unit?: Piece['unit'] },
  sections: Sections = () => undefined,
): { pieces: Piece[]; wellFormed: boolean } {
  const pieces: Piece[] = [];
  const beside = new TextBuilder();
  let [current, body, number] = [start, new TextBuilder(), 1];
  let headings: (readonly [number, number])[] = [];
  let paragraph = 0;
  const flush = () => {
    if (body.length > 0)
      pieces.push({
        ...body.piece(current.place, current.unit),
        ...(headings.length > 0 ? { headings } : {}),
      });
    [body, number, headings] = [new TextBuilder(), 1, []];
    paragraph = 0;
  };
  const { wellFormed } = readXml(xml, {
    open(name, attributes) {
      const section = sections(name, attributes);
      if (section !== undefined) {
        flush();
        current = section;
      }
      if (PARAGRAPHS.has(name)) paragraph = body.length;
      const level = headingLevel(name, attributes);
      if (level !== undefined && headings.at(-1)?.[0] !== paragraph) headings.push([paragraph, level]);
      if (name === 'table-row' && current.unit === 'row') {
        body.breakLine();
        body.mark(number);
        number += Math.max(1, Number(attribute(attributes, 'number-rows-repeated') ?? 1) || 1);
      }
      if (TABS.has(name)) body.add('\t');
      else if (SPACES.has(name)) body.add(' ');
      else if (BREAKS.has(name)) body.add('\n');
      for (const [qualified, value] of Object.entries(attributes))
        if (TELLING.has(qualified.slice(qualified.indexOf(':') + 1)) && value.trim() !== '') {
          beside.breakLine();
          beside.add(value);
        }
    },
    close(name) {
      if (PARAGRAPHS.has(name)) {
        body.add('\n');
        if (current.unit === 'paragraph') {
          number += 1;
          body.mark(number);
        }
      } else if (ROWS.has(name)) body.breakLine();
      else if (CELLS.has(name)) body.add('\t');
    },
    text(text) {
      if (text.trim() !== '' || !text.includes('\n')) body.add(text);
    },
    comment: (text) => {
      beside.breakLine();
      beside.add(text);
    },
    doctype: (text) => beside.add(text),
  });
  flush();
  if (beside.length > 0)
    pieces.push({
      ...beside.piece(start.place === '' ? 'beside the text' : start.place),
      isAside: true,
    });
  return { pieces, wellFormed };
}

/** A heading is an element of its own in one family of formats, and a paragraph of a style in the other. */
function headingLevel(name: string, attributes: Readonly<Record<string, string>>): number | undefined {
  if (name === 'h') return Number(attribute(attributes, 'outline-level') ?? 1) || 1;
  if (name !== 'pStyle') return undefined;
  const style = attribute(attributes, 'val') ?? '';
  const level = /^(?:heading|berschrift|titre|t[i\u00ed]tulo|ttulo|\u00dcberschrift) ?([1-9])$/i.exec(
    style,
  )?.[1];
  return level === undefined ? (/^(?:title|titel|titre)$/i.test(style) ? 1 : undefined) : Number(level);
}

export const attribute = (attributes: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.entries(attributes).find(([key]) => key === name || key.endsWith(`:${name}`))?.[1];

const PARAGRAPHS: ReadonlySet<string> = new Set(['p', 'h']);
const ROWS: ReadonlySet<string> = new Set([
  'tr',
  'row',
  'table-row',
  'comment',
  'cm',
  'si',
  'annotation',
  'creator',
]);
const CELLS: ReadonlySet<string> = new Set(['tc', 'table-cell', 'date', 'author']);
const TABS: ReadonlySet<string> = new Set(['tab']);
const SPACES: ReadonlySet<string> = new Set(['s', 'noBreakHyphen']);
const BREAKS: ReadonlySet<string> = new Set(['br', 'cr', 'line-break']);

/** Attributes in which people stand, or what they wrote. */
// biome-ignore format: a table reads better in rows
const TELLING: ReadonlySet<string> = new Set([
  'author', 'initials', 'userId', 'name', 'descr', 'title', 'alt', 'tooltip', 'href', 'target', 'Target', 'displayName',
  'lastEdited', 'instr', 'string-value', 'formula', 'email', 'string',
]);
