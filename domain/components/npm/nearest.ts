/**
 * Where a package finds what it asks for: beside itself, else further up. Paths look like `a/node_modules/b` when `between`
 * is `node_modules/`, and like `a/b` when it is empty.
 */
export function nearest(
  from: string,
  name: string,
  between: string,
  has: (key: string) => boolean,
): string | null {
  let base = from;
  for (let steps = 0; steps <= MAX_STEPS; steps += 1) {
    const key = base === '' ? `${between}${name}` : `${base}/${between}${name}`;
    if (has(key)) return key;
    if (base === '') return null;
    base = base.slice(0, Math.max(0, base.lastIndexOf('/')));
  }
  return null;
}

/** No tree is as deep as this; one that claims to be would cost its depth for every edge. */
const MAX_STEPS = 200;
