import { BEGINS, type Beginning, type Line, linesOf } from './line.ts';

/** Text as people write it: paragraphs with empty lines between them. */
export function proseLines(text: string, first: number, title: string): Line[] {
  let isAfterGap = true;
  return linesOf(text, first).map(({ text: line, number, isCut }): Line => {
    const begins = isCut ? afterCut(line) : isAfterGap ? BEGINS.paragraph : BEGINS.line;
    isAfterGap = line.trim() === '';
    return { text: line, number, begins, title };
  });
}

/** A line that was cut between two sentences goes on with a capital or a digit. */
export const afterCut = (line: string): Beginning =>
  /^[\p{Lu}\p{N}"'(]/u.test(line.slice(0, 2)) ? BEGINS.sentence : BEGINS.within;
