/** A part of what a file says, in the order in which a person would meet it. */
export type Piece = {
  /** Where it stands, for people: `sheet Customers`, `page 3`. Empty for the file as such. */
  readonly place: string;
  readonly text: string;
  /** What its parts are called that `first` or `marks` count. */
  readonly unit?: 'line' | 'row' | 'paragraph';
  /** The number of its first line, where each line counts. */
  readonly first?: number;
  /** Where a numbered part begins, by offset. */
  readonly marks?: readonly Mark[];
  /** What begins outside of this range belongs to the piece before or behind, which hold the same text here. */
  readonly counts?: { readonly from: number; readonly to: number };
  /** The first row of the table that it goes on with. */
  readonly heading?: string;
  /** It is for programs, and no part of what a person would read. */
  readonly isTechnical?: true;
  /** So much of its beginning is the end of the piece before it. */
  readonly repeats?: number;
  /** Where a heading begins, of which level. */
  readonly headings?: readonly (readonly [offset: number, level: number])[];
  /** It stands beside what a person sees: addresses of links, names of styles, remarks. */
  readonly isAside?: true;
  /** The page that it was made of. */
  readonly html?: string;
  /** Of which file it is a part, for a reader that tells files apart. */
  readonly file?: PieceFile;
};

export type PieceFile = { readonly name: string; readonly format: string; readonly place: string };

export type Mark = readonly [offset: number, number: number];

/** Says of an offset where it stands. Asked in ascending order it passes over the text once. */
export function placesIn({ place, text, unit, first, marks }: Piece): (offset: number) => string {
  const within = (number: number) => (place === '' ? `${unit} ${number}` : `${place}, ${unit} ${number}`);
  if (unit === undefined) return () => place;
  if (marks !== undefined) return (offset) => within(lastMark(marks, offset));
  let [at, line] = [0, first ?? 1];
  return (offset) => {
    if (offset < at) [at, line] = [0, first ?? 1];
    for (let end = text.indexOf('\n', at); end !== -1 && end < offset; end = text.indexOf('\n', at)) {
      at = end + 1;
      line += 1;
    }
    return within(line);
  };
}

function lastMark(marks: readonly Mark[], offset: number): number {
  let [low, high] = [0, marks.length];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((marks[middle] as Mark)[0] <= offset) low = middle;
    else high = middle;
  }
  return marks[low]?.[1] ?? 1;
}

/** A place inside of a place. */
export const under = (place: string, inner: string): string =>
  place === '' ? inner : inner === '' ? place : `${place}, ${inner}`;
