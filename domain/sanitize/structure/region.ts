/** What is put where: offsets in what a region says. */
export type Mark = {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  /** In the place of the mask; without any sign that a format knows. */
  readonly put?: string;
};

/** A part of a document in which a mask may stand. Everything between two of them stays as it is. */
export type Region = {
  readonly start: number;
  readonly end: number;
  /** What it says, without the escapes of its format. */
  readonly text: string;
  /** As it is written with the masks; a number makes them differ from others of the same kind. */
  write(marks: readonly Mark[], number?: number): string;
  /** Of a name in a map: which map. No two names of it may become the same. */
  readonly map?: number;
};

export const maskOf = (type: string, number = 1): string =>
  number > 1 ? `[${type} ${number}]` : `[${type}]`;

const numbered = (put: string, number: number): string => (number > 1 ? `${put} ${number}` : put);

/** A text with masks in it. */
export function withMasks(text: string, marks: readonly Mark[], number = 1): string {
  let masked = '';
  let at = 0;
  for (const { type, start, end, put } of marks) {
    masked += text.slice(at, start) + (put === undefined ? maskOf(type, number) : numbered(put, number));
    at = end;
  }
  return masked + text.slice(at);
}

/** Of a text that begins with a quote: in what stands between the quotes, which are never masked themselves. */
export function insideQuotes(marks: readonly Mark[], length: number): Mark[] {
  const inside = (at: number) => Math.min(Math.max(0, at - 1), length);
  return marks
    .map((mark) => ({ ...mark, start: inside(mark.start), end: inside(mark.end) }))
    .filter(({ start, end }) => end > start);
}

/** Where each letter of what a region says begins in what is written; one more for its end. */
export type Decoded = { readonly text: string; readonly offsets: readonly number[] };

/** Masked where it stands, with everything around the masks as it was. */
export function inPlace(source: string, start: number, end: number, decoded?: Decoded): Region {
  const written = source.slice(start, end);
  return {
    start,
    end,
    text: decoded?.text ?? written,
    write: (marks, number) => {
      const offset = (at: number) => decoded?.offsets[at] ?? at;
      const placed = marks.map((mark) => ({ ...mark, start: offset(mark.start), end: offset(mark.end) }));
      return withMasks(written, placed, number);
    },
  };
}

/** Decodes what a pattern finds in a text, and keeps where everything was; undefined where there is nothing to decode. */
export function decode(
  written: string,
  escapes: RegExp,
  meaning: (escaped: string) => string,
): Decoded | undefined {
  const parts: string[] = [];
  const offsets: number[] = [];
  let at = 0;
  const keep = (until: number) => {
    parts.push(written.slice(at, until));
    for (; at < until; at += 1) offsets.push(at);
  };
  for (const match of written.matchAll(escapes)) {
    keep(match.index);
    const said = meaning(match[0]);
    parts.push(said);
    for (let unit = 0; unit < said.length; unit += 1) offsets.push(match.index);
    at = match.index + match[0].length;
  }
  if (parts.length === 0) return undefined;
  keep(written.length);
  offsets.push(written.length);
  return { text: parts.join(''), offsets };
}
