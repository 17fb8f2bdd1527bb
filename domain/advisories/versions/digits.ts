export type Order = -1 | 0 | 1;

/** Compares decimal digits of any length by their value. */
export function compareDigits(a: string, b: string): Order {
  const [left, right] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  return left.length === right.length ? compareText(left, right) : left.length < right.length ? -1 : 1;
}

export const compareText = (a: string, b: string): Order => (a === b ? 0 : a < b ? -1 : 1);

export const isDigits = (text: string): boolean => /^\d+$/.test(text);

/** The first pair that differs decides. */
export function compareLists<T>(
  a: readonly T[],
  b: readonly T[],
  filler: T,
  compare: (a: T, b: T) => Order,
): Order {
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const order = compare(a[at] ?? filler, b[at] ?? filler);
    if (order !== 0) return order;
  }
  return 0;
}
