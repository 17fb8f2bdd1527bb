/**
 * Postgres refuses NUL and half a surrogate pair in text and JSON. Both reach us inside file names and excerpts
 * of hostile repositories, and must not turn a finished scan into one that can never be recorded.
 */
export function storable<T>(value: T): T {
  return clean(value) as T;
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('\0', '\ufffd').toWellFormed();
  if (Array.isArray(value)) return value.map(clean);
  if (isPlain(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [clean(key), clean(item)]));
  return value;
}

/** Dates and bytes pass as they are. */
function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
