import { BEGINS, type Beginning, type Line, linesOf } from './line.ts';

/** Lines of `path: value`; what is of another branch begins anew, the nearer to the root the better. */
export function pathLines(text: string, first: number): Line[] {
  let before: readonly string[] = [];
  return linesOf(text, first).map(({ text: line, number, isCut }): Line => {
    if (isCut) return { text: line, number, begins: BEGINS.within, title: titleOf(before) };
    const path = stepsOf(line);
    let common = 0;
    while (common < path.length && path[common] === before[common]) common += 1;
    const begins = (
      common === 0
        ? BEGINS.block
        : common === 1
          ? BEGINS.paragraph
          : common === 2
            ? BEGINS.inner
            : BEGINS.line
    ) as Beginning;
    before = path;
    return { text: line, number, begins, title: titleOf(path) };
  });
}

function stepsOf(line: string): string[] {
  const end = line.slice(0, LONGEST).indexOf(': ');
  return end === -1 ? [] : line.slice(0, end).split(/[.[]/, MOST_STEPS);
}

const LONGEST = 400;
const MOST_STEPS = 8;

/** Without the last step, which is of the value alone. */
const titleOf = (path: readonly string[]): string =>
  path
    .slice(0, Math.max(1, Math.min(3, path.length - 1)))
    .map((step) => step.replace(/\]$/, ''))
    .join(' > ')
    .slice(0, 200)
    .toWellFormed();

/** YAML and other files of settings: what stands at the margin names what is below it. */
export function settingLines(text: string, first: number): Line[] {
  let title = '';
  return linesOf(text, first).map(({ text: line, number, isCut }): Line => {
    const key = isCut
      ? undefined
      : /^(?:- )?["']?([\w./$@-]{1,100})["']?\s{0,3}[:=]|^\[{1,2}([^\]\n]{1,100})\]/.exec(line.slice(0, 220));
    const name = key?.[1] ?? key?.[2];
    if (name !== undefined) title = name;
    const indent = /^\s{0,20}/.exec(line)?.[0].length ?? 0;
    const begins = isCut
      ? BEGINS.within
      : name !== undefined || line.startsWith('---')
        ? BEGINS.block
        : line.trim() !== '' && indent <= 2
          ? BEGINS.inner
          : BEGINS.line;
    return { text: line, number, begins, title };
  });
}
