import { parse } from 'smol-toml';
import { Unreadable } from './component.ts';
import type { Table } from './loose.ts';

/** Tables of a lockfile are a few levels deep; deeper ones are built to exhaust the stack. */
export function parseToml(text: string): Table {
  try {
    return parse(text, { maxDepth: 100, integersAsBigInt: true });
  } catch {
    throw new Unreadable('it is not TOML');
  }
}

/** Where each `[[package]]` stands, by `name@version`. */
export function packageLines(text: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  let [at, name] = [0, ''];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.startsWith('[[package]]')) [at, name] = [index + 1, ''];
    else if (line.startsWith('[')) at = 0;
    const value = at === 0 ? undefined : /^(name|version) = "([^"]{1,512})"\s*$/.exec(line);
    if (value?.[1] === 'name') name = value[2] as string;
    if (value?.[1] === 'version' && !lines.has(`${name}@${value[2]}`)) lines.set(`${name}@${value[2]}`, at);
  }
  return lines;
}
