import type { Detected } from '../../domain/sanitize/detector.ts';
import type { Piece } from '../text/piece.ts';

export type AskNames = {
  readonly find: FindNames;
  /** Whether there was a text that the model would not look at: nobody can say what it would have found. */
  readonly hasRefused: () => boolean;
};

/** Of each text what a model finds in it, whatever a policy makes of that. */
export type FindNames = (texts: readonly string[]) => Promise<readonly (readonly Detected[])[]>;

/** A piece with what a model knows of it, and of the place at which it stands. */
export type NamedPiece = {
  readonly piece: Piece;
  readonly names: readonly Detected[];
  readonly ofPlace: readonly Detected[];
};

/** Asks about so much at once as is worth a way to the model; about nothing where there is none. */
export async function* namedPieces(
  pieces: AsyncIterable<Piece>,
  find: FindNames | undefined,
): AsyncGenerator<NamedPiece> {
  let [waiting, size]: [Piece[], number] = [[], 0];
  for await (const piece of pieces) {
    if (find === undefined) yield unnamed(piece);
    else {
      waiting.push(piece);
      size += piece.text.length;
      if (size < ENOUGH && waiting.length < MOST) continue;
      yield* await asked(waiting, find);
      [waiting, size] = [[], 0];
    }
  }
  if (find !== undefined && waiting.length > 0) yield* await asked(waiting, find);
}

const ENOUGH = 256 * 1024;
const MOST = 1000;

export async function namedPiece(piece: Piece, find: FindNames | undefined): Promise<NamedPiece> {
  const [named] = find === undefined ? [] : await asked([piece], find);
  return named ?? unnamed(piece);
}

const unnamed = (piece: Piece): NamedPiece => ({ piece, names: [], ofPlace: [] });

async function asked(pieces: readonly Piece[], find: FindNames): Promise<NamedPiece[]> {
  const places = [...new Set(pieces.map(({ place }) => place))];
  const found = await find([...pieces.map(({ text }) => text), ...places]);
  const ofPlaces = new Map(places.map((place, at) => [place, found[pieces.length + at] ?? []]));
  return pieces.map((piece, at) => ({
    piece,
    names: found[at] ?? [],
    ofPlace: ofPlaces.get(piece.place) ?? [],
  }));
}
