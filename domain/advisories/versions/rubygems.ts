import { compareDigits, compareLists, compareText, isDigits, type Order } from './digits.ts';

/** Versions of gems: words are less than numbers, so `1.0.rc` comes before `1.0`. */
export function compareRubygems(a: string, b: string): Order | undefined {
  if (!VERSION.test(a) || !VERSION.test(b)) return undefined;
  return compareLists(segments(a), segments(b), '0', (left, right) => {
    if (isDigits(left) !== isDigits(right)) return isDigits(left) ? 1 : -1;
    return isDigits(left) ? compareDigits(left, right) : compareText(left, right);
  });
}

const VERSION = /^\s*[0-9A-Za-z]+([.-][0-9A-Za-z]+)*\s*$/;

const segments = (version: string): string[] =>
  version.replaceAll('-', '.pre.').match(/\d+|[A-Za-z]+/g) ?? [];
