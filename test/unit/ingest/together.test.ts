import { expect, test } from '@jest/globals';
import { together } from '../../../activities/ingest/together.ts';

test('what is asked for at the same time is done at once, and never more than so many', async () => {
  const done: number[][] = [];
  const ask = together<number>(3, async (all) => {
    done.push([...all]);
  });
  await Promise.all([1, 2, 3, 4, 5].map(ask));
  await ask(6);
  expect(done).toEqual([[1, 2, 3], [4, 5], [6]]);
});

test('what is asked for meanwhile waits its turn', async () => {
  const { promise: first, resolve: goOn } = Promise.withResolvers<void>();
  let underWay = 0;
  const seen: number[] = [];
  const ask = together<number>(10, async (all) => {
    underWay += 1;
    expect(underWay).toBe(1);
    if (all.includes(1)) {
      void ask(2);
      await first;
    }
    seen.push(...all);
    underWay -= 1;
  });
  const one = ask(1);
  const three = ask(3);
  goOn();
  await Promise.all([one, three]);
  await ask(4);
  expect(seen).toEqual([1, 3, 2, 4]);
});

test('what fails, fails for those that were done with it and for no other', async () => {
  const ask = together<number>(2, async (all) => {
    if (all.includes(2)) throw new Error('away');
  });
  const ended = await Promise.allSettled([1, 2, 3].map(ask));
  expect(ended.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
});
