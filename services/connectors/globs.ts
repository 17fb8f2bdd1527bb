import { CertusError } from '../../contracts/errors.ts';

type Globs = { readonly include_globs: readonly string[]; readonly exclude_globs: readonly string[] };

/**
 * Which paths are meant: what one of the globs names (with none given, what is meant otherwise), and none of the others takes
 * out. The grammar is the usual one (`**`, `*`,
 * `?`, `[a-z]`, `{a,b}`; a dot is a letter), the work is linear in the path: globs and paths both come from others, and a regular
 * expression made of one can be kept busy by the other.
 */
export function chosenBy(
  { include_globs, exclude_globs }: Globs,
  otherwise: (path: string) => boolean = () => true,
): (path: string) => boolean {
  const included = include_globs.flatMap(compile);
  const excluded = exclude_globs.flatMap(compile);
  return (path) => {
    const segments = path.split('/').map(lettersOf);
    const isNamedBy = (glob: Glob) =>
      matches(glob, segments, (segment, letters) => matches(segment, letters, isLetter));
    const isIn = included.length === 0 ? otherwise(path) : included.some(isNamedBy);
    return isIn && !excluded.some(isNamedBy);
  };
}

/** As many of whatever stands there as it takes, or none. */
const MANY = Symbol('many');
type Pattern<T> = readonly (T | typeof MANY)[];
type Letter = (letter: string) => boolean;
type Glob = Pattern<Pattern<Letter>>;

const isLetter = (accepts: Letter, letter: string): boolean => accepts(letter);

const lettersOf = (text: string): string[] => Array.from(text);

/** Goes back to the last of the "many" only: what stood before it has found its place already. */
function matches<T, I>(
  pattern: Pattern<T>,
  items: readonly I[],
  fits: (part: T, item: I) => boolean,
): boolean {
  let part = 0;
  let many: { readonly part: number; item: number } | undefined;
  let item = 0;
  while (item < items.length) {
    const expected = pattern[part];
    if (expected === MANY) {
      many = { part, item };
      part += 1;
    } else if (expected !== undefined && fits(expected, items[item] as I)) {
      part += 1;
      item += 1;
    } else if (many !== undefined) {
      many.item += 1;
      item = many.item;
      part = many.part + 1;
    } else return false;
  }
  return pattern.slice(part).every((left) => left === MANY);
}

function compile(glob: string): Glob[] {
  if (glob.startsWith('!'))
    throw new CertusError(
      'invalid_request',
      'a glob does not begin with "!": what is not meant has a list of its own',
    );
  const path = glob.replace(/^\.?\/+/, '').replace(/\/$/, '/**');
  return alternatives(path).map((one) =>
    one.split('/').map((segment) => (segment === '**' ? MANY : lettersIn(segment))),
  );
}

const MAX_ALTERNATIVES = 256;

/** `a{b,c}` as `ab` and `ac`; braces in braces multiply, and are counted. */
function alternatives(glob: string): string[] {
  const done: string[] = [];
  const waiting = [glob];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const found = innermost(next);
    if (found === undefined) done.push(next);
    else {
      const { start, end, choices } = found;
      for (const choice of choices) waiting.push(`${next.slice(0, start)}${choice}${next.slice(end)}`);
    }
    if (done.length + waiting.length > MAX_ALTERNATIVES)
      throw new CertusError('invalid_request', `a glob stands for more than ${MAX_ALTERNATIVES} others`);
  }
  return done;
}

/** The first pair of braces with a comma and no braces in it. */
function innermost(glob: string) {
  const found = /\{([^{},]*(?:,[^{},]*)+)\}/.exec(glob);
  if (found === null) return undefined;
  const [whole, inside = ''] = found;
  return { start: found.index, end: found.index + whole.length, choices: inside.split(',') };
}

function lettersIn(segment: string): Pattern<Letter> {
  const parts: (Letter | typeof MANY)[] = [];
  const letters = lettersOf(segment);
  for (let at = 0; at < letters.length; at += 1) {
    const letter = letters[at] as string;
    const end = letter === '[' ? classEnd(letters, at) : -1;
    if (letter === '*') parts.push(MANY);
    else if (letter === '?') parts.push(() => true);
    else if (letter === '\\' && at + 1 < letters.length) {
      at += 1;
      parts.push(exactly(letters[at] as string));
    } else if (end !== -1) {
      parts.push(oneOf(letters.slice(at + 1, end)));
      at = end;
    } else parts.push(exactly(letter));
  }
  return parts;
}

const exactly =
  (expected: string): Letter =>
  (letter) =>
    letter === expected;

/** A bracket that nothing closes is a letter. */
function classEnd(letters: readonly string[], start: number): number {
  const first = letters[start + 1] === '!' || letters[start + 1] === '^' ? start + 2 : start + 1;
  return letters.indexOf(']', first + 1);
}

function oneOf(inside: readonly string[]): Letter {
  const isNot = inside[0] === '!' || inside[0] === '^';
  const ranges: (readonly [string, string])[] = [];
  const letters = isNot ? inside.slice(1) : inside;
  for (let at = 0; at < letters.length; at += 1) {
    const from = letters[at] as string;
    const to = letters[at + 1] === '-' ? letters[at + 2] : undefined;
    ranges.push([from, to ?? from]);
    if (to !== undefined) at += 2;
  }
  return (letter) => ranges.some(([from, to]) => from <= letter && letter <= to) !== isNot;
}
