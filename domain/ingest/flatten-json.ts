/**
 * A value as lines of `path: value`, a part at a time: what stands in a value is found together with what it is called. `over` is
 * told how deep it would go on where it is not followed any further.
 */
export function* flattenJson(value: unknown, root: string, over: () => void): Generator<string> {
  let lines: string[] = [];
  let size = 0;
  for (const line of linesOf(value, root, 0, over)) {
    lines.push(line);
    size += line.length + 1;
    if (size < PART) continue;
    yield `${lines.join('\n')}\n`;
    [lines, size] = [[], 0];
  }
  if (lines.length > 0) yield lines.join('\n');
}

const PART = 64 * 1024;
const DEEPEST = 64;
const LONGEST_PATH = 300;

function* linesOf(value: unknown, path: string, depth: number, over: () => void): Generator<string> {
  if (value === null || typeof value !== 'object') {
    if (value !== null && value !== '')
      yield `${path}: ${typeof value === 'string' ? value : JSON.stringify(value)}`;
    return;
  }
  if (depth >= DEEPEST) return over();
  if (Array.isArray(value)) {
    if (value.length > 0 && value.every(isShort)) {
      yield* inRows(path, value);
      return;
    }
    for (let at = 0; at < value.length; at += 1) yield* linesOf(value[at], `${path}[${at}]`, depth + 1, over);
    return;
  }
  for (const [key, inner] of Object.entries(value)) yield* linesOf(inner, below(path, key), depth + 1, over);
}

const isShort = (value: unknown): boolean =>
  typeof value === 'number' ||
  typeof value === 'boolean' ||
  (typeof value === 'string' && value.length <= 40);

/** Many short values are read side by side. */
function* inRows(path: string, values: readonly unknown[]): Generator<string> {
  for (let at = 0; at < values.length; at += 20) {
    const row = values.slice(at, at + 20).map((value) => String(value).replaceAll('\n', ' '));
    yield `${path}: ${row.join(', ')}`;
  }
}

function below(path: string, key: string): string {
  const step = key.replaceAll(/[\s:]+/g, ' ').slice(0, 120);
  return path === '' ? step : path.length > LONGEST_PATH ? path : `${path}.${step}`;
}
