import { compareDigits, compareLists, type Order } from './digits.ts';

/** `epoch:upstream-revision` as dpkg compares them. */
export function compareDebian(a: string, b: string): Order | undefined {
  const [left, right] = [parse(a), parse(b)];
  if (left === null || right === null) return undefined;
  return (
    compareDigits(left.epoch, right.epoch) ||
    compareRuns(left.upstream, right.upstream) ||
    compareRuns(left.revision, right.revision)
  );
}

function parse(version: string): { epoch: string; upstream: string; revision: string } | null {
  const [, epoch = '0', rest] = /^(?:(\d+):)?([0-9A-Za-z.+~:-]+)$/.exec(version.trim()) ?? [];
  if (rest === undefined) return null;
  const cut = rest.lastIndexOf('-');
  return {
    epoch,
    upstream: cut === -1 ? rest : rest.slice(0, cut),
    revision: cut === -1 ? '0' : rest.slice(cut + 1),
  };
}

/** By turns: a run of other characters, then a run of digits. */
function compareRuns(a: string, b: string): Order {
  const [left, right] = [runs(a), runs(b)];
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const [[wordsA, digitsA], [wordsB, digitsB]] = [left[at] ?? ['', ''], right[at] ?? ['', '']];
    const order =
      compareLists(
        [...wordsA].map(weight),
        [...wordsB].map(weight),
        0,
        (x, y) => Math.sign(x - y) as Order,
      ) || compareDigits(digitsA, digitsB);
    if (order !== 0) return order;
  }
  return 0;
}

const runs = (text: string): [string, string][] =>
  [...text.matchAll(/(\D*)(\d*)/g)].map(([, words = '', digits = '']) => [words, digits]);

/** A tilde comes before everything, the end of the text included; letters come before all else. */
function weight(character: string): number {
  if (character === '~') return -1;
  return /[A-Za-z]/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256;
}
