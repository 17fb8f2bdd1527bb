import { describe, expect, test } from '@jest/globals';
import { backoff, nextRestart } from '../../../infra/local/supervise/backoff.ts';

describe('restarts', () => {
  test('wait twice as long each time, and never longer than half a minute', () => {
    expect([1, 2, 3, 4].map(backoff)).toEqual([250, 500, 1000, 2000]);
    expect(backoff(100)).toBe(30_000);
  });

  test('start over after a minute of health, and only then', () => {
    expect(nextRestart(6, 60_000)).toBe(1);
    expect(nextRestart(6, 59_999)).toBe(7);
  });
});
