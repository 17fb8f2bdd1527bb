import { compareDigits, isDigits, type Order } from './digits.ts';

/** Composer's versions, by the order that PHP gives them; branches have none. */
export function comparePackagist(a: string, b: string): Order | undefined {
  if (isBranch(a) || isBranch(b)) return undefined;
  const [left, right] = [parts(a), parts(b)];
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const order = comparePart(left[at], right[at]);
    if (order !== 0) return order;
  }
  return 0;
}

const isBranch = (version: string): boolean => /^dev-|-dev$/.test(version) || !/^v?\d/i.test(version);

const parts = (version: string): string[] => version.replace(/^v/i, '').match(/\d+|[A-Za-z]+/g) ?? [];

function comparePart(a: string | undefined, b: string | undefined): Order {
  // "1.0" is "1.0.0" to Composer, where to PHP alone it would be less.
  if (a === undefined || b === undefined) {
    const order = a === undefined ? opposite(againstNothing(b as string)) : againstNothing(a);
    return order;
  }
  if (isDigits(a) && isDigits(b)) return compareDigits(a, b);
  return Math.sign(rank(a) - rank(b)) as Order;
}

const againstNothing = (part: string): Order =>
  isDigits(part) ? compareDigits(part, '0') : (Math.sign(rank(part) - RELEASE) as Order);

const opposite = (order: Order): Order => (order === 0 ? 0 : order === 1 ? -1 : 1);

const RELEASE = 5;

function rank(part: string): number {
  if (isDigits(part)) return RELEASE;
  const word = part.toLowerCase();
  if (word === 'dev') return 1;
  if (word === 'alpha' || word === 'a') return 2;
  if (word === 'beta' || word === 'b') return 3;
  if (word === 'rc' || word === 'c') return 4;
  return word === 'pl' || word === 'p' || word === 'patch' ? RELEASE + 1 : 0;
}
