/**
 * JSON in pieces, an element of a list to a line: a hundred thousand findings as one string would be more than the runtime
 * lets a string be, and a person's editor opens lines sooner than one of a gigabyte. What
 * lies deeper than asked for is in one piece; the default parts the results of a SARIF log.
 */
export function* jsonChunks(value: unknown, depth = 4): Generator<string> {
  yield* pieces(value, depth);
  yield '\n';
}

function* pieces(value: unknown, depth: number): Generator<string> {
  if (depth > 0 && Array.isArray(value) && value.length > 0) {
    for (const [at, item] of value.entries()) {
      yield at === 0 ? '[\n' : ',\n';
      yield* pieces(item ?? null, depth - 1);
    }
    yield '\n]';
  } else if (depth > 0 && isPlain(value)) {
    let first = true;
    for (const [key, item] of Object.entries(value)) {
      if (item === undefined) continue;
      yield `${first ? '{' : ',\n'}${JSON.stringify(key)}:`;
      yield* pieces(item, depth - 1);
      first = false;
    }
    yield first ? '{}' : '}';
  } else yield JSON.stringify(value);
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
