const DEEPEST = 64;
const MOST_VALUES = 200_000;

/**
 * Why JSON of a caller cannot be taken as it is, if so: what is signed must be what was sent, and nothing that reads it
 * later may run out of stack. Walks without recursion for the same reason.
 */
export function jsonFault(value: unknown): string | undefined {
  let level: unknown[] = [value];
  let seen = 0;
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST) return `is nested deeper than ${DEEPEST} levels`;
    seen += level.length;
    if (seen > MOST_VALUES) return `has more than ${MOST_VALUES} values`;
    const fault = level.map(faultOf).find((found) => found !== undefined);
    if (fault !== undefined) return fault;
    level = level.flatMap(childrenOf);
  }
  return undefined;
}

function faultOf(value: unknown): string | undefined {
  // a larger whole number was read as another one, and would be signed as that
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value))
    return 'has a whole number beyond 2^53, which JSON readers round: write it as text';
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, '__proto__'))
    return 'has a field named __proto__';
  return undefined;
}

function childrenOf(value: unknown): unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}
