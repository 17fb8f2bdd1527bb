import semver from 'semver';
import { compareDigits, compareLists, type Order } from './digits.ts';

/** Semantic versions of up to four numbers, whose words have no case. */
export function compareNuget(a: string, b: string): Order | undefined {
  const [left, right] = [parse(a), parse(b)];
  if (left === null || right === null) return undefined;
  const order = compareLists(left.numbers, right.numbers, '0', compareDigits);
  // The words after the hyphen have the order of semantic versions: theirs are borrowed.
  return order === 0 ? semver.compare(`0.0.0${left.words}`, `0.0.0${right.words}`) : order;
}

function parse(version: string): { numbers: string[]; words: string } | null {
  const [, numbers, words = ''] =
    /^v?(\d+(?:\.\d+){0,3})(-[0-9A-Za-z.-]{1,128})?(?:\+.{0,200})?$/.exec(version.trim()) ?? [];
  const lowered = words.toLowerCase();
  if (numbers === undefined || semver.valid(`0.0.0${lowered}`) === null) return null;
  return { numbers: numbers.split('.'), words: lowered };
}
