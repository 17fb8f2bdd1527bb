import { SENSE } from '../lexicon/lexicon.ts';
import type { Window } from '../windows.ts';
import type { Identifier } from './identifier.ts';

/** What numbers are called, by the first word of it. */
export type Labels = ReadonlyMap<
  string,
  readonly { readonly rest: readonly string[]; readonly kind: Identifier }[]
>;

export type Label = { readonly start: number; readonly end: number; readonly kinds: ReadonlySet<Identifier> };

export function labelsOf(kinds: readonly Identifier[]): Labels {
  const labels = new Map<string, { rest: string[]; kind: Identifier }[]>();
  for (const kind of kinds)
    for (const label of new Set(kind.labels.flatMap((given) => [given, withoutAccents(given)]))) {
      const [first = '', ...rest] = label.split(' ');
      labels.set(first, [...(labels.get(first) ?? []), { rest, kind }]);
    }
  return labels;
}

const withoutAccents = (text: string): string => text.normalize('NFD').replace(/[\u0300-\u036f]/g, '');

/** Where a text names numbers; of several names that begin at a word the longest. */
export function labelsIn(text: string, words: readonly Window[], labels: Labels): Label[] {
  const found: Label[] = [];
  let last = 0;
  for (const { start, end, sense } of words) {
    if ((sense & SENSE.label) === 0 || start < last) continue;
    const named = labels.get(text.slice(start, end).toLowerCase());
    if (named === undefined) continue;
    let [longest, kinds] = [0, new Set<Identifier>()];
    for (const { rest, kind } of named) {
      const to = endOf(text, end, rest);
      if (to === undefined || to < longest) continue;
      if (to > longest) [longest, kinds] = [to, new Set()];
      kinds.add(kind);
    }
    if (longest === 0 || isInWord(text, start, longest)) continue;
    found.push({ start, end: longest, kinds });
    last = longest;
  }
  return found;
}

/** The other words, with a little between them: `tax_id`, `tax-id`, `taxId`, `d'identité`. */
function endOf(text: string, from: number, rest: readonly string[]): number | undefined {
  let at = from;
  for (const word of rest) {
    let gap = 0;
    while (gap < 3 && isGap(text.charCodeAt(at + gap))) gap += 1;
    const end = at + gap + word.length;
    if (text.slice(at + gap, end).toLowerCase() !== word) return undefined;
    at = end;
  }
  return at;
}

const GAPS = new Set(Array.from(" _-./'’°º", (sign) => sign.charCodeAt(0)));
const isGap = (code: number): boolean => GAPS.has(code);

/** A short name stands alone, or as a part of a name with others in it: `taxId`, `my_bsn`. */
function isInWord(text: string, start: number, end: number): boolean {
  const [before, first, after] = [text.charAt(start - 1), text.charAt(start), text.charAt(end)];
  return (
    /\d/.test(after) ||
    (LETTER.test(after) && !CAPITAL.test(after)) ||
    (/[\p{L}\p{N}]/u.test(before) && !CAPITAL.test(first))
  );
}

const LETTER = /\p{L}/u;
const CAPITAL = /\p{Lu}/u;
