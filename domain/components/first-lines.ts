/** The line on which each key, the pattern's one group, stands first. Far ends of long lines are not looked at. */
export function firstLines(text: string, pattern: RegExp): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  for (const [index, line] of text.split('\n').entries()) {
    const key = pattern.exec(line.slice(0, MAX_LINE))?.[1];
    if (key !== undefined && !lines.has(key)) lines.set(key, index + 1);
  }
  return lines;
}

const MAX_LINE = 1024;
