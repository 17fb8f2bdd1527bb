import { detect } from '../sanitize/detect.ts';
import { isExpected, speaksOfCards } from './expected.ts';
import { recognisersFor } from './kinds.ts';

/** How much of one kind a file holds, and where the first of it stands. */
export type PersonalData = {
  readonly type: string;
  readonly count: number;
  readonly start: number;
  readonly end: number;
};

/** Counted by kind: a table of customers is one finding to look at, and not as many as it has rows. */
export function findPersonalData(path: string, text: string): PersonalData[] {
  const ofCards = speaksOfCards(text);
  const found = new Map<string, PersonalData>();
  for (const { type, start, end } of detect(text, recognisersFor(text))) {
    if (isExpected(type, text.slice(start, end), { path, text, start, speaksOfCards: ofCards })) continue;
    const before = found.get(type);
    found.set(
      type,
      before === undefined ? { type, count: 1, start, end } : { ...before, count: before.count + 1 },
    );
  }
  return [...found.values()];
}

/** Full of numbers and names that a tool wrote. */
export const isGenerated = (path: string): boolean =>
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|composer\.lock|go\.sum)$|\.(?:lock|map|svg|snap|po|pot|ics|pem|crt|patch)$|[.-]min\.(?:js|css)$/i.test(
    path,
  );
