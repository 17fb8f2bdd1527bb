import { expect, test } from '@jest/globals';
import { Verifications } from '../../../api/execute-upload/verifications.ts';

const LONG = 60_000;

/** A verification that ends when it is told to, and how often it was begun. */
function work() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let begun = 0;
  const verify = () => {
    begun += 1;
    return promise;
  };
  return { verify, resolve, reject, begun: () => begun };
}

test('what is done in time is told, and done anew for the next one', async () => {
  const all = new Verifications<number>();
  let times = 0;
  const verify = async () => {
    times += 1;
    return times;
  };
  expect([await all.within('a', verify, LONG), await all.within('a', verify, LONG)]).toEqual([1, 2]);
});

test('what takes longer goes on: who asks again finds it, and it is not begun twice', async () => {
  const all = new Verifications<string>();
  const large = work();
  for (let time = 0; time < 3; time += 1) expect(await all.within('a', large.verify, 0)).toBeUndefined();
  expect(await all.within('b', async () => 'other', LONG)).toBe('other');
  large.resolve('verified');
  expect(await all.within('a', large.verify, LONG)).toBe('verified');
  expect(large.begun()).toBe(1);
});

test('a failure is told to who asks next, and is no end of it', async () => {
  const all = new Verifications<string>();
  const broken = work();
  expect(await all.within('a', broken.verify, 0)).toBeUndefined();
  broken.reject(new Error('the store is away'));
  await expect(all.within('a', broken.verify, LONG)).rejects.toThrow('the store is away');
  expect(await all.within('a', async () => 'verified', LONG)).toBe('verified');
});

test('no more than a few are at work: who comes then is not begun', async () => {
  const all = new Verifications<string>();
  const going = work();
  for (let nth = 0; nth < 8; nth += 1) await all.within(`${nth}`, going.verify, 0);
  const late = work();
  expect(await all.within('late', late.verify, 0)).toBeUndefined();
  expect([going.begun(), late.begun()]).toEqual([8, 0]);
  going.resolve('verified');
  expect(await all.within('0', going.verify, LONG)).toBe('verified');
  expect(await all.within('late', async () => 'verified', LONG)).toBe('verified');
});
