import type { Notice } from '../../../contracts/scan.ts';

export type Problems = {
  add(code: string, message: string, path?: string): void;
  /** In the order they were met; of one kind only so many are told apart, the rest are counted. */
  list(): Notice[];
};

/** A hostile report could hold a million faults, and each would be kept with the scan for ever. */
const TOLD_APART = 50;

export function createProblems(): Problems {
  const notices: Notice[] = [];
  const counts = new Map<string, number>();
  return {
    add(code, message, path) {
      const count = (counts.get(code) ?? 0) + 1;
      counts.set(code, count);
      if (count <= TOLD_APART) notices.push(path === undefined ? { code, message } : { code, message, path });
    },
    list: () => [
      ...notices,
      ...[...counts]
        .filter(([, count]) => count > TOLD_APART)
        .map(([code, count]) => ({ code, message: `and ${count - TOLD_APART} more of this kind` })),
    ],
  };
}
