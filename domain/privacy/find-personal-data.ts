import type { Detected } from '../sanitize/detector.ts';
import { type Candidate, confidenceOf, findCandidates, withoutOverlaps } from '../sanitize/find.ts';
import { OF_PERSONS } from '../sanitize/recognisers.ts';
import { isExpected, type Place, speaksOfCards } from './expected.ts';
import { KINDS } from './kinds.ts';

/** How much of one kind a file holds, and where the first of it stands. */
export type PersonalData = {
  readonly type: string;
  readonly count: number;
  readonly start: number;
  readonly end: number;
};

/** Counted by kind: a table of customers is one finding to look at, and not as many as it has rows. */
export function findPersonalData(path: string, text: string): PersonalData[] {
  const found = new Map<string, PersonalData>();
  for (const { type, start, end } of inSource(path, text)) {
    const before = found.get(type);
    found.set(
      type,
      before === undefined ? { type, count: 1, start, end } : { ...before, count: before.count + 1 },
    );
  }
  return [...found.values()];
}

function inSource(path: string, text: string): Detected[] {
  let ofCards: boolean | undefined;
  const place: Place = {
    path,
    text,
    speaksOfCards: () => {
      ofCards ??= speaksOfCards(text);
      return ofCards;
    },
  };
  const counts = (one: Candidate) =>
    confidenceOf(one) >= LEAST && !isExpected(one, text.slice(one.start, one.end), place);
  return withoutOverlaps(
    findCandidates(text, LOOKED_FOR, { path })
      .filter(counts)
      .map((one) => ({ type: one.type, start: one.start, end: one.end, confidence: one.likelihood })),
  );
}

const LEAST = 0.5;

/** In source everything has names and keys: those are the business of other scanners, or nobody's. */
const LOOKED_FOR = OF_PERSONS.filter(({ type }) => Object.hasOwn(KINDS, type));

/** Full of numbers and names that a tool wrote. */
export const isGenerated = (path: string): boolean =>
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|composer\.lock|go\.sum)$|\.(?:lock|map|svg|snap|po|pot|ics|pem|crt|patch)$|[.-]min\.(?:js|css)$/i.test(
    path,
  );
