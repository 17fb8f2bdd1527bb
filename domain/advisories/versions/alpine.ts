import { compareDigits, compareLists, compareText, type Order } from './digits.ts';

/** `1.2.3b_rc1-r4` as apk compares them. */
export function compareAlpine(a: string, b: string): Order | undefined {
  const [left, right] = [parse(a), parse(b)];
  if (left === null || right === null) return undefined;
  return (
    compareDigits(left.numbers[0] ?? '', right.numbers[0] ?? '') ||
    compareLists(left.numbers.slice(1), right.numbers.slice(1), '', compareNumbers) ||
    compareText(left.letter, right.letter) ||
    compareLists(left.suffixes, right.suffixes, '', compareSuffixes) ||
    compareDigits(left.build, right.build)
  );
}

function parse(version: string) {
  const [, numbers, letter = '', suffixes = '', build = '0'] =
    /^(\d+(?:\.\d+)*)([a-z])?((?:_[a-z]+\d*)*)(?:-r(\d+))?$/.exec(version.trim()) ?? [];
  if (numbers === undefined) return null;
  return { numbers: numbers.split('.'), letter, suffixes: suffixes.split('_').slice(1), build };
}

/** After the first, a number that begins with a zero is a fraction; one more number is more than none. */
function compareNumbers(a: string, b: string): Order {
  if (a === '' || b === '') return compareText(a, b);
  return a.startsWith('0') || b.startsWith('0') ? compareText(a, b) : compareDigits(a, b);
}

const SUFFIXES = ['alpha', 'beta', 'pre', 'rc', '', 'cvs', 'svn', 'git', 'hg', 'p'];

function compareSuffixes(a: string, b: string): Order {
  const [[wordA, digitsA], [wordB, digitsB]] = [divide(a), divide(b)];
  const order = Math.sign(SUFFIXES.indexOf(wordA) - SUFFIXES.indexOf(wordB)) as Order;
  return order || compareDigits(digitsA, digitsB);
}

const divide = (suffix: string): [string, string] => {
  const [, word = '', digits = ''] = /^([a-z]*)(\d*)$/.exec(suffix) ?? [];
  return [word, digits];
};
