import type { RunReading } from '../../contracts/ingestion.ts';
import type { Draft } from '../../domain/ingest/draft.ts';
import { createDesk, type Desk } from '../../domain/ingest/security/desk.ts';
import type { Content } from '../text/content.ts';
import { extract } from '../text/extract.ts';
import { type Piece, type PieceFile, under } from '../text/piece.ts';
import { DocumentDrafts, type TextPiece } from './document-drafts.ts';
import type { ItemReading, ReadItemOptions, Unread } from './item-reading.ts';
import { languageOf, SAMPLE } from './language.ts';
import { readDelivered } from './read-delivered.ts';
import { createFileReader, type Told } from './read-file.ts';
import type { ToldDocument } from './security-document.ts';

/** What an item says, by what it holds. Hostile content is no error: what of it cannot be read is told. */
export async function readItem(
  content: Content,
  { format: wanted, ...reading }: RunReading,
  options: ReadItemOptions,
): Promise<ItemReading> {
  if (wanted === 'delivered') return readDelivered(content, options);
  const item = new ItemBeingRead(content, options);
  const { format, mediaType, pieces, opaque } = await extract(
    content,
    options,
    createFileReader({ ...reading, format: wanted }, item),
  );
  const [ahead, sample] = await startOf(pieces);
  return {
    format: item.format || format,
    mediaType: item.mediaType || mediaType,
    language: languageOf(sample),
    drafts: item.drafts(goingOn(ahead, pieces)),
    get opaque() {
      return item.unreadParts(opaque);
    },
  };
}

class ItemBeingRead implements Told {
  format = '';
  mediaType = '';
  readonly #content: Content;
  readonly #options: ReadItemOptions;
  readonly #documents = new Map<PieceFile, ToldDocument>();
  readonly #unread: Unread[] = [];
  #count = 0;

  constructor(content: Content, options: ReadItemOptions) {
    [this.#content, this.#options] = [content, options];
  }

  readonly document = (file: PieceFile, document: ToldDocument): void => {
    this.#documents.set(file, document);
  };

  readonly kind = (content: Content, format: string, mediaType: string): void => {
    if (content === this.#content) [this.format, this.mediaType] = [format, mediaType];
  };

  readonly unread = (reason: Unread['reason'], place: string): void => {
    if (this.#unread.length < MOST_UNREAD) this.#unread.push({ reason, place });
  };

  async *drafts(pieces: AsyncIterable<Piece>): AsyncGenerator<Draft> {
    for await (const draft of this.#all(pieces)) {
      if (this.#count >= this.#options.maxDrafts) {
        this.unread('too_large', 'records');
        return;
      }
      this.#count += 1;
      yield draft;
    }
  }

  /** Names of files stand in places, and are masked like any other text. */
  unreadParts(opaque: readonly Unread[]): Unread[] {
    const known = new Map<string, Unread>();
    for (const { reason, place } of [...opaque, ...this.#unread]) {
      const shown = place === '' ? '' : this.#options.mask(place, { format: 'text' });
      known.set(`${reason} ${shown}`, { reason, place: shown });
    }
    return known.size === 0 && this.#count === 0 ? [{ reason: 'empty', place: '' }] : [...known.values()];
  }

  async *#all(pieces: AsyncIterable<Piece>): AsyncGenerator<Draft> {
    const { mask } = this.#options;
    const name = this.#content.name;
    const documents = new DocumentDrafts(mask, createDesk(mask, name, this.unread), name);
    for await (const piece of pieces) {
      const told = piece.file === undefined ? undefined : this.#documents.get(piece.file);
      if (told !== undefined) {
        const lost: Desk['lost'] = (why, where) => this.unread(why, under(piece.place, where));
        yield* told.records(createDesk(mask, piece.place || name, lost));
        if (piece.file !== undefined) this.#documents.delete(piece.file); // with all of its bytes
      } else if (isTextPiece(piece)) yield* documents.take(piece);
    }
    yield* documents.end();
  }
}

const MOST_UNREAD = 50;

const isTextPiece = (piece: Piece): piece is TextPiece => piece.file !== undefined && 'layout' in piece;

/** So many pieces of it as it takes to tell the language. */
async function startOf(pieces: AsyncGenerator<Piece>): Promise<[ahead: Piece[], sample: string]> {
  const ahead: Piece[] = [];
  let [sample, size] = ['', 0];
  while (sample.length < SAMPLE && size < MOST_AHEAD && ahead.length < MOST_PIECES_AHEAD) {
    const { value: piece, done } = await pieces.next();
    if (done === true) break;
    ahead.push(piece);
    size += piece.text.length;
    if (piece.file !== undefined && !isTextPiece(piece)) break; // it holds all of its bytes
    if (isTextPiece(piece) && SPOKEN.has(piece.layout) && !NAMES.test(piece.place))
      sample += `${piece.text.slice(0, SAMPLE)}\n`;
  }
  return [ahead, sample];
}

const MOST_AHEAD = 4 * 1024 * 1024;
const MOST_PIECES_AHEAD = 100;
/** Of people and files, in no language. */
const NAMES = /(?:headers|names of files)$/;
const SPOKEN: ReadonlySet<string> = new Set(['prose', 'markdown', 'restructured']);

async function* goingOn(ahead: readonly Piece[], pieces: AsyncGenerator<Piece>): AsyncGenerator<Piece> {
  try {
    yield* ahead;
    yield* pieces;
  } finally {
    await pieces.return(undefined);
  }
}
