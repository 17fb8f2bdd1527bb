import { expect, test } from '@jest/globals';
import { onceMore } from '../../runner/once-more.ts';

const counts = (passed: number, failed: number) => ({ passed, failed, skipped: 0 });
const first = {
  ...counts(90, 3),
  broken: new Map([
    ['a.test.ts', counts(4, 1)],
    ['b.test.ts', counts(0, 1)],
  ]),
};

test('what fails twice has failed, and what failed once is named', () => {
  const said: string[] = [];
  const again = { ...counts(5, 1), broken: new Map([['b.test.ts', counts(0, 1)]]) };
  // one failure was no file's own
  expect(onceMore(first, again, (line) => said.push(line))).toEqual({ passed: 91, failed: 2, skipped: 0 });
  expect(said).toHaveLength(1);
  expect(said[0]).toContain('unsteady: a.test.ts');
});

test('a second run that could not run at all makes nothing better', () => {
  const again = { ...counts(0, 2), broken: first.broken };
  expect(onceMore(first, again, () => undefined)).toMatchObject({ failed: 3 });
});
