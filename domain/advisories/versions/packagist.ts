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

/** To Composer `1.0` is `1.0.0.0`; what follows the numbers is compared after all of them. */
function parts(version: string): string[] {
  const [numbers = ''] = /^\d+(\.\d+)*/.exec(version.replace(/^v/i, '')) ?? [];
  const release = numbers.split('.');
  const words =
    version
      .replace(/^v/i, '')
      .slice(numbers.length)
      .match(/\d+|[A-Za-z]+/g) ?? [];
  return [...release, ...Array.from({ length: Math.max(0, 4 - release.length) }, () => '0'), ...words];
}

function comparePart(a: string | undefined, b: string | undefined): Order {
  if (a === undefined) return opposite(againstNothing(b as string));
  if (b === undefined) return againstNothing(a);
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
