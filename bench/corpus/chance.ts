/** Always the same row of numbers for a seed. */
export type Chance = {
  below(limit: number): number;
  digits(count: number): string;
  letters(count: number, from?: string): string;
  pick<T>(from: readonly T[]): T;
  hex(count: number): string;
};

export function chanceOf(seed: number): Chance {
  let state = Math.imul(seed, 2654435761) ^ 0x9e3779b9;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    // the low bits of such a row hardly change
    return ((state >>> 8) ^ (state >>> 20)) % limit;
  };
  const letters = (count: number, from = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') =>
    Array.from({ length: count }, () => from[below(from.length)]).join('');
  return {
    below,
    letters,
    digits: (count) => letters(count, '0123456789'),
    pick: (from) => from[below(from.length)] as (typeof from)[number],
    hex: (count) => letters(count, '0123456789abcdef'),
  };
}
