import { compareDigits, compareText, isDigits, type Order } from './digits.ts';

type Part = { readonly separator: '.' | '-'; readonly text: string };

/** https://maven.apache.org/pom.html#version-order-specification */
export function compareMaven(a: string, b: string): Order {
  const [left, right] = [partsOf(a), partsOf(b)];
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const order = compareParts(left[at] ?? padding(right[at]), right[at] ?? padding(left[at]));
    if (order !== 0) return order;
  }
  return 0;
}

/** What is missing counts as the nothing of what it is compared with. */
const padding = (other: Part | undefined): Part => ({
  separator: other?.separator ?? '.',
  text: other !== undefined && isDigits(other.text) ? '0' : '',
});

function partsOf(version: string): Part[] {
  const parts: Part[] = [];
  for (const [index, between, text] of tokens(version.toLowerCase())) {
    const isNumber = isDigits(text);
    const previous = parts.at(-1);
    const isTurn = between === '' && index > 0;
    const separator = index === 0 ? '.' : between === '.' && !isTurn ? '.' : '-';
    // "a1" is short for "alpha-1", and "1-0-x" has nothing before its last hyphen.
    if (separator === '-') trim(parts);
    if (isNumber && isTurn && previous !== undefined && SHORT.has(previous.text) && parts.at(-1) === previous)
      parts[parts.length - 1] = { ...previous, text: SHORT.get(previous.text) as string };
    parts.push({ separator, text: ALIASES.get(text) ?? text });
  }
  trim(parts);
  return parts;
}

/** Digits and words, each with what stands between it and the one before: nothing where one turns into the other. */
function* tokens(version: string): Generator<[number, string, string]> {
  let index = 0;
  for (const [, between = '', text = ''] of version.matchAll(/([._-]?)(\d+|[^\d._-]+|(?=[._-]|$))/g)) {
    if (between === '' && text === '') continue;
    yield [index, between === '_' ? '-' : between, text === '' ? '0' : text];
    index += 1;
  }
}

function trim(parts: Part[]): void {
  while (parts.length > 0 && isNothing(parts.at(-1)?.text ?? '')) parts.pop();
}

const isNothing = (text: string): boolean => text === '' || /^0+$/.test(text);

const SHORT: ReadonlyMap<string, string> = new Map([
  ['a', 'alpha'],
  ['b', 'beta'],
  ['m', 'milestone'],
]);
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['ga', ''],
  ['final', ''],
  ['release', ''],
  ['cr', 'rc'],
]);
const QUALIFIERS = ['alpha', 'beta', 'milestone', 'rc', 'snapshot', '', 'sp'];

function compareParts(a: Part, b: Part): Order {
  const [rankA, rankB] = [rank(a), rank(b)];
  if (rankA !== rankB) return rankA < rankB ? -1 : 1;
  if (rankA > 0) return compareDigits(a.text, b.text);
  const [left, right] = [QUALIFIERS.indexOf(a.text), QUALIFIERS.indexOf(b.text)];
  if (left === -1 && right === -1) return compareText(a.text, b.text);
  if (left === -1) return 1;
  return right === -1 || left < right ? -1 : left > right ? 1 : 0;
}

/** A word is less than a number after a hyphen, and that less than one after a dot. */
const rank = ({ separator, text }: Part): number => (isDigits(text) ? (separator === '-' ? 1 : 2) : 0);
