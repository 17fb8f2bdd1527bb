import { codeLines } from './code.ts';
import { Headings } from './headings.ts';
import { BEGINS, type Line } from './line.ts';
import { markdownLines } from './markdown.ts';
import { type Group, pack } from './pack.ts';
import { pathLines, settingLines } from './paths.ts';
import { proseLines } from './prose.ts';
import { restructuredLines } from './restructured.ts';
import { type Table, tableGroups } from './table.ts';

/** How a text is laid out, which is all that a chunker needs to know of it. */
export const LAYOUTS = ['prose', 'markdown', 'restructured', 'code', 'table', 'settings', 'paths'] as const;
export type Layout = (typeof LAYOUTS)[number];

export type Chunk = {
  /** The name of what it is of, and what it stands under in there. */
  readonly title: string;
  readonly text: string;
  /** `lines 3-17`, in the place that was given. */
  readonly place: string;
  /** Within its text, the same each time. */
  readonly key: string;
};

export type ChunkOptions = {
  readonly name: string;
  /** Where the text stands in its item: a page, a sheet. */
  readonly place?: string;
  readonly unit?: 'line' | 'row' | 'paragraph';
  /** What its lines are numbered by to people, where that is not how many lines there are before. */
  readonly numberOf?: (line: number) => number;
};

/** A text in which nothing personal is left, as chunks. */
export const chunkText = (text: string, layout: Layout, options: ChunkOptions): Chunk[] => [
  ...new Chunker(layout, options).chunks(text),
];

/** Chunks of a text that comes in parts: what one part says of the next is kept. */
export class Chunker {
  readonly #layout: Layout;
  readonly #options: ChunkOptions;
  readonly #headings = new Headings();
  readonly #table: Table = { head: undefined };
  #count = 0;

  constructor(layout: Layout, options: ChunkOptions) {
    this.#layout = layout;
    this.#options = options;
  }

  /** `numberOf` is of this part: its lines are counted from one. */
  *chunks(text: string, numberOf = this.#options.numberOf): Generator<Chunk> {
    const { name, place = '', unit } = this.#options;
    for (const group of this.#groups(text)) {
      this.#count += 1;
      const [from, to] =
        numberOf === undefined ? [group.from, group.to] : [numberOf(group.from), numberOf(group.to)];
      yield {
        title: [name, group.title].filter((part) => part !== '').join(': '),
        text: group.text,
        place: within(place, unit, from, to),
        key: String(this.#count),
      };
    }
  }

  #groups(text: string): Iterable<Group> {
    if (this.#layout === 'table') return tableGroups(text, 1, this.#table);
    const lines = this.#lines(text);
    return pack(this.#options.unit === 'paragraph' ? lines.map(asParagraph) : lines);
  }

  #lines(text: string): Line[] {
    switch (this.#layout) {
      case 'markdown':
        return markdownLines(text, 1, this.#headings);
      case 'restructured':
        return restructuredLines(text, 1, this.#headings);
      case 'code':
        return codeLines(text, 1);
      case 'settings':
        return settingLines(text, 1);
      case 'paths':
        return pathLines(text, 1);
      default:
        return proseLines(text, 1, '');
    }
  }
}

/** Where each line is a paragraph. */
const asParagraph = (line: Line): Line =>
  line.begins === BEGINS.line ? { ...line, begins: BEGINS.paragraph } : line;

function within(place: string, unit: ChunkOptions['unit'], from: number, to: number): string {
  if (unit === undefined) return place;
  const range = from === to ? `${unit} ${from}` : `${unit}s ${from}-${to}`;
  return place === '' ? range : `${place}, ${range}`;
}
