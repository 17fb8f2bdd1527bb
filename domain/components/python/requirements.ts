import type { ComponentFile, Reader } from '../component.ts';
import { parseHexHash } from '../integrity.ts';
import { Inventory } from '../inventory.ts';
import { parseRequirement } from './names.ts';

type Statement = { readonly text: string; readonly line: number };

/** requirements*.txt of pip. Files it includes are read as files of their own. */
export const readRequirements: Reader = (file) => {
  const inventory = new Inventory('PyPI', file.path);
  const statements = statementsOf(file.text);
  const pins = constraintsOf(file, statements);
  const includes: string[] = [];
  for (const { text, line } of statements) {
    const included = option(text, 'r', 'requirement');
    if (included !== null) includes.push(included);
    if (text.startsWith('-')) continue;
    const [wanted, ...options] = text.split(' --');
    const requirement = parseRequirement(wanted ?? '');
    if (requirement === null) {
      inventory.note('requirement_not_named', `line ${line} asks for something that has no name`);
      continue;
    }
    const { name, range } = requirement;
    const hashes = options.flatMap((one) => parseHexHash(/^hash[= ]\s*(\S+)$/.exec(one.trim())?.[1] ?? null));
    const version = requirement.version ?? pins.get(name) ?? null;
    inventory.add(`${line}`, { name, version, range, line, hashes });
  }
  return inventory.reading(null, includes);
};

/** Lines, with those that a backslash continues put together and without comments. */
function statementsOf(text: string): Statement[] {
  const statements: Statement[] = [];
  let [parts, start]: [string[], number] = [[], 1];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    if (parts.length === 0) start = index + 1;
    const goesOn = raw.endsWith('\\');
    parts.push(goesOn ? raw.slice(0, -1) : raw);
    if (goesOn && parts.length < MAX_CONTINUED) continue;
    const whole = parts
      .join(' ')
      .replace(/(^|\s)#.*$/, '')
      .replace(/\s+/g, ' ')
      .trim();
    if (whole !== '') statements.push({ text: whole, line: start });
    parts = [];
  }
  return statements;
}

const MAX_CONTINUED = 1000;

/** Constraints ask for nothing, but say which version is taken of what is asked for. */
function constraintsOf({ beside }: ComponentFile, statements: readonly Statement[]): Map<string, string> {
  const pins = new Map<string, string>();
  for (const { text } of statements) {
    const path = option(text, 'c', 'constraint');
    const content = path === null ? null : beside(path);
    for (const statement of content === null ? [] : statementsOf(content)) {
      const pinned = parseRequirement(statement.text);
      if (pinned?.version) pins.set(pinned.name, pinned.version);
    }
  }
  return pins;
}

function option(text: string, short: string, long: string): string | null {
  const [, value] = new RegExp(`^(?:-${short}\\s*|--${long}[= ]\\s*)(\\S+)$`).exec(text) ?? [];
  return value ?? null;
}
