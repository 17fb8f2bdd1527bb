/**
 * Postgres refuses NUL and half a surrogate pair in text and JSON. Both reach us inside file names and excerpts
 * of hostile repositories, and must not turn a finished scan into one that can never be recorded.
 */
export function storable<T>(value: T): T {
  return clean(value) as T;
}

/** What is clean is given back as it is: nearly everything is, and copies of it would cost more than looking. */
function clean(value: unknown): unknown {
  if (typeof value === 'string')
    return isClean(value) ? value : value.replaceAll('\0', '\ufffd').toWellFormed();
  if (Array.isArray(value)) {
    const cleaned = value.map(clean);
    return cleaned.every((item, at) => item === value[at]) ? value : cleaned;
  }
  if (!isPlain(value)) return value;
  for (const key of Object.keys(value))
    if (!isClean(key) || clean(value[key]) !== value[key]) return copyOf(value);
  return value;
}

const isClean = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

const copyOf = (value: Record<string, unknown>): object =>
  Object.fromEntries(Object.entries(value).map(([key, item]) => [clean(key), clean(item)]));

/** Dates and bytes pass as they are. */
function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
