import { contentOfBytes } from '../../../services/text/content.ts';
import { extract } from '../../../services/text/extract.ts';
import type { ReadPicture } from '../../../services/text/look.ts';
import { type Piece, placesIn } from '../../../services/text/piece.ts';

export type Told = {
  readonly format: string;
  readonly opaque: readonly string[];
  readonly pieces: readonly Piece[];
  /** Every place in which something stands, as a person would be told. */
  readonly where: (needle: string) => string[];
};

/** What a file says, and where. */
export async function told(
  bytes: string | Uint8Array,
  {
    name = 'file',
    maxBytes = 1 << 28,
    readPicture,
  }: { name?: string; maxBytes?: number; readPicture?: ReadPicture } = {},
): Promise<Told> {
  const content = contentOfBytes(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, { name });
  const { format, pieces, opaque } = await extract(content, { maxBytes, readPicture });
  const all: Piece[] = [];
  for await (const piece of pieces) all.push(piece);
  return {
    format,
    pieces: all,
    opaque: opaque.map(({ reason, place }) => (place === '' ? reason : `${reason} ${place}`)),
    where: (needle) => all.flatMap((piece) => within(piece, needle)),
  };
}

function within(piece: Piece, needle: string): string[] {
  const placeAt = placesIn(piece);
  const found: string[] = [];
  for (let at = piece.text.indexOf(needle); at !== -1; at = piece.text.indexOf(needle, at + 1))
    if (piece.counts === undefined || (at >= piece.counts.from && at < piece.counts.to))
      found.push(placeAt(at));
  return found;
}
