import type { Headings } from './headings.ts';
import { BEGINS, type Line, linesOf } from './line.ts';
import { afterCut } from './prose.ts';

/** Its titles are underlined, some have a line above as well; which sign is of which level, the first of each say. */
export function restructuredLines(text: string, first: number, headings: Headings): Line[] {
  const lines = linesOf(text, first);
  const levels: string[] = [];
  let isAfterGap = true;
  return lines.map(({ text: line, number, isCut }, at): Line => {
    const [above, next, second] = [
      lines[at - 1]?.text ?? '',
      lines[at + 1]?.text ?? '',
      lines[at + 2]?.text ?? '',
    ];
    const isOver = !isCut && isAdornment(line) && isTitle(next, second) && line[0] === second[0];
    const isUnderlined = !isCut && isTitle(line, next);
    const style = isOver
      ? `${line[0]}${line[0]}`
      : `${next[0]}${above[0] === next[0] && isAdornment(above) ? next[0] : ''}`;
    if (isOver || isUnderlined) {
      if (!levels.includes(style)) levels.push(style);
      headings.enter(levels.indexOf(style) + 1, (isOver ? next : line).trim());
    }
    const isUnderOver = isUnderlined && isAdornment(above) && above[0] === next[0];
    const begins =
      (isOver || isUnderlined) && !isUnderOver
        ? BEGINS.section
        : isCut
          ? afterCut(line)
          : isAfterGap
            ? BEGINS.paragraph
            : BEGINS.line;
    isAfterGap = line.trim() === '';
    return { text: line, number, begins, title: headings.path };
  });
}

const isTitle = (line: string, under: string): boolean =>
  line.trim() !== '' &&
  line.length <= LONGEST &&
  !isAdornment(line) &&
  isAdornment(under) &&
  under.trimEnd().length >= Math.min(line.trim().length, 3);

const LONGEST = 200;

const isAdornment = (line: string): boolean =>
  /^([=\-`:'"~^_*+#<>])\1{2,199}\s{0,9}$/.test(line.slice(0, 220));
