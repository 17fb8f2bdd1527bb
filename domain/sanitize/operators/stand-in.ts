/** What a sanitizer has put somewhere before: `[PERSON]`, `[PERSON_k7f3…]`. */
export type StandIn = { readonly start: number; readonly end: number };

export type Pseudonym = {
  readonly type: string;
  readonly name: string;
  readonly spelling: string | undefined;
};

/** In brackets, so that it is told from the letters beside it, and what stands there is found. */
export const standInOf = (type: string, name: string): string => `[${type}_${name}]`;

/**
 * Only of kinds that are known: an account number in brackets looks just like a mask. Letters and digits that hang together
 * as those of a pseudonym do are nothing that is looked for.
 */
export function standInsIn(text: string, kinds: ReadonlySet<string>): StandIn[] {
  const found: StandIn[] = [];
  for (const { index: start, 0: whole, groups } of text.matchAll(STAND_IN)) {
    const { mask, type = '', name = '' } = groups ?? {};
    if (kinds.has(mask ?? type) && name.length % 8 === 0) found.push({ start, end: start + whole.length });
  }
  return found;
}

/** What may be a pseudonym, of whatever kind. */
export function* pseudonymsIn(text: string): Generator<StandIn & Pseudonym> {
  for (const { index: start, 0: whole, groups } of text.matchAll(STAND_IN)) {
    const { type, name = '', spelling } = groups ?? {};
    if (type !== undefined && name.length > HASH_LETTERS && name.length % 8 === 0)
      yield { start, end: start + whole.length, type, name, spelling };
  }
}

const HASH_LETTERS = 16;

const STAND_IN =
  /\[(?:(?<mask>[A-Z][A-Z0-9_]{1,62})(?: \d{1,9})?|(?<type>[A-Z][A-Z0-9_]{1,62})_(?<name>[a-z2-7]{16,2000})(?:~(?<spelling>[a-z2-7]{32,2000}))?)\]/g;

/** The longest that one can be; two windows of a stream share more. */
export const LONGEST_STAND_IN = 4 * 1024;

/** What is left of spans when what stands in for something is taken out of them; both in the order of the text. */
export function outsideOf<T extends { readonly start: number; readonly end: number }>(
  spans: readonly T[],
  standIns: readonly StandIn[],
): T[] {
  const left: T[] = [];
  let first = 0;
  for (const span of spans) {
    while ((standIns[first]?.end ?? Number.POSITIVE_INFINITY) <= span.start) first += 1;
    let { start } = span;
    for (let at = first; (standIns[at]?.start ?? Number.POSITIVE_INFINITY) < span.end; at += 1) {
      const { start: from, end: to } = standIns[at] as StandIn;
      if (from > start) left.push({ ...span, start, end: from });
      start = Math.max(start, to);
    }
    if (start < span.end) left.push(start === span.start ? span : { ...span, start });
  }
  return left;
}
