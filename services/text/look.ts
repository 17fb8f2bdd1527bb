import type { OpaqueReason } from '../../contracts/privacy.ts';
import type { Content } from './content.ts';
import type { Piece } from './piece.ts';

export type Opaque = { readonly reason: OpaqueReason; readonly place: string };

/** Reads what a picture shows; `undefined` where nothing can. */
export type ReadPicture = (picture: Uint8Array) => Promise<string | undefined>;

export type LookOptions = {
  /** Text that one file may give. */
  readonly maxBytes: number;
  readonly readPicture?: ReadPicture | undefined;
};

/** A few bytes can stand for a disk full, and for a tree without end: what one file may use up while it is looked into. */
export class Look {
  readonly opaque: Opaque[] = [];
  readonly readPicture: ReadPicture | undefined;
  /** Looks into a file that another one holds. */
  readonly inside: (content: Content) => AsyncIterable<Piece>;
  #text: number;
  #unpacked = 0;
  #entries = 0;
  readonly #maxUnpacked: number;

  constructor({ maxBytes, readPicture }: LookOptions, inside: (content: Content) => AsyncIterable<Piece>) {
    this.#text = maxBytes;
    this.#maxUnpacked = Math.max(maxBytes, LEAST_UNPACKED);
    this.readPicture = readPicture;
    this.inside = inside;
  }

  /** Something there was not looked into. The first of each reason and place tells all. */
  unread(reason: OpaqueReason, place: string): void {
    if (this.opaque.length >= MAX_OPAQUE) return;
    if (this.opaque.some((known) => known.reason === reason && known.place === place)) return;
    this.opaque.push({ reason, place });
  }

  /** How much of so much text there is still room for. */
  text(length: number): number {
    const room = Math.min(length, this.#text);
    this.#text -= room;
    return room;
  }

  /** How many bytes may come out of so many packed ones. */
  roomFor(packed: number): number {
    return Math.min(this.#maxUnpacked - this.#unpacked, Math.max(FREE, packed * RATIO));
  }

  unpacked(bytes: number): void {
    this.#unpacked += bytes;
  }

  /** Whether one more may be opened. */
  entry(): boolean {
    this.#entries += 1;
    return this.#entries <= MAX_ENTRIES;
  }
}

export const MAX_DEPTH = 5;
export const MAX_ENTRIES = 10_000;
const MAX_OPAQUE = 20;
const LEAST_UNPACKED = 256 * 1024 * 1024;
/** Text that says the same over and over gets to a hundred; a file of zeros to a thousand. */
const RATIO = 200;
/** Up to here the ratio does not matter. */
const FREE = 16 * 1024 * 1024;
