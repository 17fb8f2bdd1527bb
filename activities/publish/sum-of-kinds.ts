import type { Inspection, KindCount } from '../../contracts/privacy.ts';

/** Over several files, in a lasting order. */
export function sumOfKinds(inspections: readonly Pick<Inspection, 'kinds'>[]): KindCount[] {
  const counts = new Map<string, number>();
  for (const { type, count } of inspections.flatMap(({ kinds }) => kinds))
    counts.set(type, (counts.get(type) ?? 0) + count);
  return [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([type, count]) => ({ type, count }));
}
