import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { OwnTime } from '../../../services/privacy/own-time.ts';

let isOver: boolean;
let time: OwnTime;
beforeEach(() => {
  jest.useFakeTimers();
  isOver = false;
  time = new OwnTime(10, () => {
    isOver = true;
  });
});
afterEach(() => {
  time.end();
  jest.useRealTimers();
});

function others(): { readonly done: () => Promise<void> } {
  let resolve: () => void = () => undefined;
  const waiting = time.whileOthers(
    () =>
      new Promise<void>((release) => {
        resolve = release;
      }),
  );
  return {
    done: () => {
      resolve();
      return waiting;
    },
  };
}

test('is over once so much of it was spent', () => {
  jest.advanceTimersByTime(9_999);
  expect(isOver).toBe(false);
  jest.advanceTimersByTime(1);
  expect(isOver).toBe(true);
});

test('stands still while any of the others work, and goes on with what was left', async () => {
  jest.advanceTimersByTime(6_000);
  const [first, second] = [others(), others()];
  jest.advanceTimersByTime(3_600_000);
  await first.done();
  jest.advanceTimersByTime(3_600_000);
  expect(isOver).toBe(false);
  await second.done();
  jest.advanceTimersByTime(3_999);
  expect(isOver).toBe(false);
  jest.advanceTimersByTime(1);
  expect(isOver).toBe(true);
});

test('goes on after others have failed', async () => {
  await expect(time.whileOthers(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
  jest.advanceTimersByTime(10_000);
  expect(isOver).toBe(true);
});

test('of a work that has ended is never over', async () => {
  const waiting = others();
  time.end();
  await waiting.done();
  jest.advanceTimersByTime(3_600_000);
  expect(isOver).toBe(false);
});
