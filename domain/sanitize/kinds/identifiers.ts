import { lexiconOf } from '../lexicon/lexicon.ts';
import type { Match, Recogniser } from '../recogniser.ts';
import type { Around } from '../surroundings.ts';
import type { Window } from '../windows.ts';
import { DOCUMENTS } from './documents.ts';
import type { Identifier } from './identifier.ts';
import { labelsIn, labelsOf } from './labels.ts';
import { EUROPEAN } from './national-europe.ts';
import { WORLDWIDE } from './national-world.ts';

const ALL: readonly Identifier[] = [...EUROPEAN, ...WORLDWIDE, ...DOCUMENTS];

const LABELS = labelsOf(ALL);

/** Every word that says what something is. */
export const LEXICON = lexiconOf(LABELS.keys());

export const IDENTIFIERS: readonly Recogniser[] = [...new Set(ALL.map(({ type }) => type))].map((type) => ({
  type,
  where: 'text',
  find: (_text, _window, around) => around.once(identifiersIn).get(type) ?? [],
}));

type Found = Map<string, Match[]>;

/** All kinds at once: where a word names one behind it, in a column, and those that are told by themselves. */
function identifiersIn(text: string, around: Around): Found {
  const found: Found = new Map();
  const add = (type: string, start: number, value: string, likelihood: number) => {
    const match = { start, end: start + value.length, likelihood, nobodys: isMadeUp(value) };
    const matches = found.get(type);
    if (matches === undefined) found.set(type, [match]);
    else matches.push(match);
  };
  const { digits, codes, words } = around.windows;
  for (const window of digits)
    if (window.digits >= FEWEST && !isDay(text, window)) addAlone(text, window, add);
  for (const window of codes) addAlone(text, window, add);
  addLabelled(text, words, add);
  addInColumns(text, around, add);
  return found;
}

type Add = (type: string, start: number, value: string, likelihood: number) => void;

const FEWEST = 6;
const MARGIN = 8;
const MARGIN_BEHIND = 12;

function addAlone(text: string, { start, end }: Window, add: Add): void {
  const from = Math.max(0, start - MARGIN);
  const part = text.slice(from, end + MARGIN_BEHIND);
  ALONE.lastIndex = 0;
  for (let match = ALONE.exec(part); match !== null; match = ALONE.exec(part)) {
    const which = match.findIndex((value, at) => at > 0 && value !== undefined);
    const value = match[which] ?? '';
    for (const { type, isValid, alone } of TOLD_ALONE[which - 1]?.[1] ?? [])
      if (alone !== undefined && (isValid?.(value) ?? true)) add(type, from + match.index, value, alone[1]);
  }
}

/** A day with its time is the commonest of long numbers, and nobody's. */
const isDay = (text: string, { start, digits }: Window): boolean =>
  digits <= 14 &&
  (text.charCodeAt(start) === ONE || text.charCodeAt(start) === TWO) &&
  isSeparator(text.charCodeAt(start + 4)) &&
  text.charCodeAt(start + 7) === text.charCodeAt(start + 4);

const [ONE, TWO, HYPHEN, SLASH] = [49, 50, 45, 47];
const isSeparator = (code: number): boolean => code === HYPHEN || code === SLASH;

/** Kinds that are written alike are one alternative, told apart by their check digits. */
const TOLD_ALONE = [...Map.groupBy(ALL, ({ alone }) => alone?.[0])].flatMap(([shape, kinds]) =>
  shape === undefined ? [] : [[shape, kinds] as const],
);
const ALONE = new RegExp(
  `(?<![A-Za-zÀ-ɏ0-9_.+/-])(?:${TOLD_ALONE.map(([shape]) => `(${shape})`).join('|')})(?![A-Za-zÀ-ɏ0-9_/-]|[.,]\\d)`,
  'g',
);

function addLabelled(text: string, words: readonly Window[], add: Add): void {
  const labels = labelsIn(text, words, LABELS);
  labels.forEach(({ start, end, kinds }, at) => {
    const next = labels[at + 1];
    const region = regionBehind(text, end, next === undefined ? text.length : next.start);
    const own = [...kinds];
    for (const kind of own) addFirst(kind, region, end, add);
    if (
      /\d[A-Za-z]{0,2}["')\]]{0,2}\s{0,2}[([]$|\d[A-Za-z]?\s\($/.test(
        text.slice(Math.max(0, start - 8), start),
      )
    ) {
      const from = Math.max(0, start - BEFORE);
      const before = text.slice(from, start);
      for (const kind of own) addLast(kind, before, from, add);
    }
  });
}

const BEHIND = 72;
const BEFORE = 30;

/** Up to the end of the line, or to that of the next where this one has nothing but the name. */
function regionBehind(text: string, end: number, next: number): string {
  const region = text.slice(end, Math.min(end + BEHIND, Math.max(next, end)));
  const line = region.indexOf('\n');
  if (line === -1) return region;
  if (/\d/.test(region.slice(0, line)) || line > 30) return region.slice(0, line);
  const following = region.indexOf('\n', line + 1);
  return following === -1 ? region : region.slice(0, following);
}

/** The first that holds: what follows later is of another. */
function addFirst(kind: Identifier, region: string, offset: number, add: Add): void {
  for (const match of region.matchAll(labelledPattern(kind))) {
    if (!(kind.isValid?.(match[0]) ?? true)) continue;
    add(kind.type, offset + match.index, match[0], kind.labelled ?? SURE);
    return;
  }
}

function addLast(kind: Identifier, region: string, offset: number, add: Add): void {
  for (const match of [...region.matchAll(labelledPattern(kind))].reverse()) {
    if (!(kind.isValid?.(match[0]) ?? true)) continue;
    if (region.length - match.index - match[0].length > 4) return;
    add(kind.type, offset + match.index, match[0], kind.labelled ?? SURE);
    return;
  }
}

const SURE = 0.9;

const PATTERNS = new Map(
  ALL.map((kind) => [
    kind,
    new RegExp(`(?<![A-Za-zÀ-ɏ0-9])(?:${kind.shape})(?![A-Za-zÀ-ɏ0-9]|[-.]\\d)`, 'g'),
  ]),
);
const labelledPattern = (kind: Identifier): RegExp => PATTERNS.get(kind) as RegExp;

function addInColumns(text: string, around: Around, add: Add): void {
  const kinds = new Map<string, Set<Identifier>>();
  for (const head of around.columns) {
    const of = around.once(labelsOfHead).get(head);
    if (of !== undefined) kinds.set(head, of);
  }
  if (kinds.size === 0) return;
  const { digits, codes } = around.windows;
  for (const { start, end } of [...digits, ...codes]) {
    const of = kinds.get(around.at(start, end).heading());
    if (of === undefined) continue;
    const from = Math.max(0, start - MARGIN);
    const cell = text.slice(from, end + MARGIN);
    for (const kind of of) addFirst(kind, cell, from, add);
  }
}

/** By the head of a column. */
function labelsOfHead(_text: string, around: Around): Map<string, Set<Identifier>> {
  const kinds = new Map<string, Set<Identifier>>();
  for (const head of around.columns) {
    if (head.length > LONGEST_HEAD) continue;
    const labels = labelsIn(head, wordsIn(head), LABELS);
    if (labels.length > 0) kinds.set(head, new Set(labels.flatMap((label) => [...label.kinds])));
  }
  return kinds;
}

const LONGEST_HEAD = 60;

const wordsIn = (text: string): Window[] =>
  [...text.matchAll(/[\p{L}\p{M}]+/gu)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    digits: 0,
    dots: 0,
    sense: -1,
  }));

/** What people type where a number is asked for. */
const isMadeUp = (value: string): boolean => {
  const digits = value.replace(/\D/g, '');
  return digits.length >= 6 && (/^(\d)\1+$/.test(digits) || '01234567890123456789'.includes(digits));
};
