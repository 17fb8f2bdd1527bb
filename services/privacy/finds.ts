import { type Inspection, MAX_PLACES, type PrivacyPlace } from '../../contracts/privacy.ts';
import type { Detected } from '../../domain/sanitize/detector.ts';
import { maskText } from '../../domain/sanitize/mask-text.ts';
import type { SparingDetector } from '../../domain/sanitize/operators/sparing.ts';
import { type Piece, placesIn } from '../text/piece.ts';
import { WHOLE_FILE } from './judge.ts';
import type { NamedPiece } from './named-pieces.ts';

/** A piece of a file with what was found in it. */
export type Looked = { readonly piece: Piece; readonly spans: readonly Detected[] };

/** Looks for personal data piece by piece, and counts it. */
export class Finds {
  readonly counts = new Map<string, number>();
  readonly places: PrivacyPlace[] = [];
  readonly #detector: SparingDetector;
  readonly #hint: { readonly path: string; readonly format: string };
  #shown: [place: string, shown: string] = ['', ''];

  constructor(detector: SparingDetector, hint: { readonly path: string; readonly format: string }) {
    this.#detector = detector;
    this.#hint = hint;
  }

  /** What counts in it; its place then says nothing about anybody. */
  look({ piece: found, names, ofPlace }: NamedPiece): Looked {
    const { text, heading, counts } = found;
    const hint = heading === undefined ? this.#hint : { ...this.#hint, heading };
    const spans = this.#detector
      .detect(text, hint, names)
      .filter(({ start }) => counts === undefined || (start >= counts.from && start < counts.to));
    const piece = { ...found, place: this.shown(found.place, ofPlace) };
    if (spans.length > 0) this.#count(piece, spans);
    return { piece, spans };
  }

  get kinds(): Inspection['kinds'] {
    return [...this.counts]
      .map(([type, count]) => ({ type, count }))
      .sort((a, b) => (a.type < b.type ? -1 : 1));
  }

  /** Files and sheets are called what people call them: a place goes where values must not. */
  shown(place: string, names: readonly Detected[] = []): string {
    if (place === '') return '';
    if (this.#shown[0] !== place)
      this.#shown = [place, clipped(maskText(place, this.#detector.detect(place, {}, names)))];
    return this.#shown[1];
  }

  #count(piece: Piece, spans: readonly Detected[]): void {
    const placeAt = placesIn(piece);
    for (const { type, start, confidence } of spans) {
      this.counts.set(type, (this.counts.get(type) ?? 0) + 1);
      if (this.places.length < MAX_PLACES)
        this.places.push({ type, place: placeAt(start) || WHOLE_FILE, confidence });
    }
  }
}

/** Its end tells more than its beginning, and a number still comes behind it. */
const clipped = (place: string): string =>
  place.length <= MAX_PLACE ? place : `…${place.slice(1 - MAX_PLACE).toWellFormed()}`;

const MAX_PLACE = 250;
