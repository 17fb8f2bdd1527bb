import type { Headings } from './headings.ts';
import { BEGINS, type Beginning, type Line, linesOf } from './line.ts';
import { afterCut } from './prose.ts';

/** Sections by their headings; in a fence of code a `#` is none. */
export function markdownLines(text: string, first: number, headings: Headings): Line[] {
  const lines = linesOf(text, first);
  const frontEnd = headings.isNew ? endOfFront(lines) : 0;
  headings.isNew = false;
  let fence: string | undefined;
  let isAfterGap = true;
  return lines.map(({ text: line, number, isCut }, at): Line => {
    const marks = isCut ? undefined : /^ {0,3}(`{3,}|~{3,})/.exec(line.slice(0, 40))?.[1];
    const heading =
      fence !== undefined || isCut || at < frontEnd
        ? undefined
        : headingAt(line, lines[at + 1]?.text ?? '', isAfterGap);
    if (heading !== undefined) headings.enter(heading.level, heading.text);
    let begins: Beginning = isAfterGap && fence === undefined ? BEGINS.paragraph : BEGINS.line;
    if (heading !== undefined) begins = BEGINS.section;
    else if (isCut) begins = afterCut(line);
    else if (marks !== undefined && fence === undefined) begins = BEGINS.paragraph;
    if (marks !== undefined && fence === undefined) fence = marks;
    else if (marks !== undefined && marks[0] === fence?.[0] && marks.length >= (fence?.length ?? 0))
      fence = undefined;
    isAfterGap = line.trim() === '';
    return { text: line, number, begins, title: headings.path };
  });
}

/** What a page says of itself before it begins is neither a text nor a heading. */
function endOfFront(lines: readonly { readonly text: string }[]): number {
  if (lines[0]?.text.trimEnd() !== '---') return 0;
  const end = lines.slice(1, LONGEST_FRONT).findIndex(({ text }) => text.trimEnd() === '---');
  return end === -1 ? 0 : end + 2;
}

const LONGEST_FRONT = 200;

function headingAt(
  line: string,
  next: string,
  isAfterGap: boolean,
): { level: number; text: string } | undefined {
  const [, signs, text] = /^ {0,3}(#{1,6})[ \t]+(.{1,300})/.exec(line.slice(0, 320)) ?? [];
  if (signs !== undefined && text !== undefined) {
    const shown = text.trim().replace(/ #{1,6}$/, '');
    return shown === '' ? undefined : { level: signs.length, text: shown };
  }
  if (!isAfterGap || line.trim() === '' || line.length > LONGEST || /^[\s>|*+-]/.test(line)) return undefined;
  const under = /^ {0,3}(=|-)\1{2,199}\s{0,9}$/.exec(next.slice(0, 220))?.[1];
  return under === undefined ? undefined : { level: under === '=' ? 1 : 2, text: line.trim() };
}

const LONGEST = 200;
