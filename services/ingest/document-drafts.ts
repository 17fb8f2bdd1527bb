import { basename } from 'node:path/posix';
import { sha256 } from '../../domain/custody/digest.ts';
import { type Chunk, Chunker, type Layout } from '../../domain/ingest/chunks/chunk-text.ts';
import type { Draft } from '../../domain/ingest/draft.ts';
import type { Mask } from '../../domain/ingest/mask.ts';
import { type MaskedPart, MaskedText } from '../../domain/ingest/masked-text.ts';
import type { Desk } from '../../domain/ingest/security/desk.ts';
import type { Piece, PieceFile } from '../text/piece.ts';

export type TextPiece = Piece & {
  readonly file: PieceFile;
  readonly layout: Layout;
  /** It is the next part of the text before it. */
  readonly goesOn?: boolean;
};

/** Chunks of what documents say. A text is masked as a whole, or with what follows it, and only then taken apart. */
export class DocumentDrafts {
  readonly #mask: Mask;
  readonly #desk: Desk;
  readonly #path: string;
  readonly #places = new Map<string, number>();
  readonly #subjects = new Map<PieceFile, string>();
  #open: Open | undefined;

  constructor(mask: Mask, desk: Desk, path: string) {
    [this.#mask, this.#desk, this.#path] = [mask, desk, path];
  }

  *take(piece: TextPiece): Generator<Draft> {
    const { repeats = 0 } = piece;
    const goesOn =
      (repeats > 0 || piece.goesOn === true) &&
      this.#open?.file === piece.file &&
      this.#open.place === piece.place;
    if (!goesOn) {
      yield* this.end();
      this.#open = this.#opened(piece);
    }
    const open = this.#open as Open;
    const text = goesOn ? piece.text.slice(repeats) : piece.text;
    open.numbers.add(text, piece, goesOn ? repeats : 0);
    yield* this.#drafts(open, open.masked.push(text));
  }

  *end(): Generator<Draft> {
    const open = this.#open;
    this.#open = undefined;
    if (open !== undefined) yield* this.#drafts(open, open.masked.end());
  }

  #opened({ file, place, layout, unit }: TextPiece): Open {
    const shown = place.startsWith(file.place) ? place.slice(file.place.length).replace(/^, /, '') : place;
    const key = `${file.place}\n${place}`;
    const number = (this.#places.get(key) ?? 0) + 1;
    this.#places.set(key, number);
    const name = this.#subjects.get(file) ?? this.#desk.line(basename(file.name), 120);
    return {
      ...{ file, place, number },
      digest: sha256(key).slice(0, 24),
      masked: new MaskedText(this.#mask, { path: file.name, format: HINTS[layout] ?? file.format }),
      chunker: new Chunker(layout, {
        name,
        place: this.#desk.line(shown, 200),
        ...(unit === undefined ? {} : { unit }),
      }),
      numbers: new LineNumbers(),
    };
  }

  *#drafts(open: Open, parts: Iterable<MaskedPart>): Generator<Draft> {
    for (const part of parts) {
      if (open.file.format === 'eml' && open.place.endsWith('headers'))
        this.#noteSubject(open.file, part.text);
      const numberOf = (line: number) => open.numbers.of(part.numberOf(line));
      for (const chunk of open.chunker.chunks(readable(part.text), numberOf)) yield this.#draft(chunk, open);
    }
  }

  #noteSubject(file: PieceFile, headers: string): void {
    const subject = /^Subject: (.{1,200})/m.exec(headers)?.[1]?.trim();
    if (subject !== undefined && subject !== '')
      this.#subjects.set(file, subject.slice(0, 120).toWellFormed());
  }

  #draft({ title, text, place, key }: Chunk, { file, digest, number }: Open): Draft {
    return {
      kind: 'document',
      key: `text/${digest}${number === 1 ? '' : `/${number}`}/${key}`,
      title: title.replace(/\s+/g, ' ').slice(0, MAX_TITLE).toWellFormed(),
      text: text.slice(0, MAX_CHUNK).toWellFormed(),
      path: this.#desk.line(file.place === '' ? this.#path : file.place, 1024),
      ...(place === '' ? {} : { place }),
      extra: { format: file.format },
    };
  }
}

const MAX_TITLE = 256;
const MAX_CHUNK = 8000;

/** What the recognisers have to know: in rows the head of a column says what stands in it. */
const HINTS: Partial<Readonly<Record<Layout, string>>> = { table: 'csv', paths: 'json', settings: 'yaml' };

type Open = {
  readonly file: PieceFile;
  readonly place: string;
  readonly number: number;
  readonly digest: string;
  readonly masked: MaskedText;
  readonly chunker: Chunker;
  readonly numbers: LineNumbers;
};

/** Without what steers a terminal or turns the direction of writing; joiners stay, words of some scripts need them. */
export const readable = (text: string): string =>
  (UNSEEN.test(text) ? text.replace(EVERY_UNSEEN, '') : text).toWellFormed();

const SIGNS =
  '[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069\\ufeff]';
const UNSEEN = new RegExp(SIGNS);
const EVERY_UNSEEN = new RegExp(SIGNS, 'g');

/** How people number what the lines of a text are: rows of a sheet, paragraphs, or just lines. */
class LineNumbers {
  readonly #numbers: number[] = [];
  #first = 1;
  #count = 0;

  /** `skipped` of the piece is known already. */
  add(text: string, { marks, first = 1 }: Piece, skipped: number): void {
    if (this.#count === 0) this.#first = first;
    let [mark, at] = [0, 0];
    // the first line of what goes on is the last one of what was before
    let line = this.#count === 0 ? 0 : this.#count - 1;
    for (;;) {
      if (marks !== undefined) {
        while (mark + 1 < marks.length && (marks[mark + 1]?.[0] ?? 0) <= at + skipped) mark += 1;
        const [from, number] = marks[mark] ?? [0, line + 1];
        this.#numbers[line] ??= from > at + skipped ? 1 : number; // what is before the first has none of its own
      }
      line += 1;
      const feed = text.indexOf('\n', at);
      if (feed === -1) break;
      at = feed + 1;
    }
    this.#count = line;
  }

  of(line: number): number {
    return this.#numbers[line - 1] ?? this.#first - 1 + line;
  }
}
