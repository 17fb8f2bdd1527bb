import { expect, test } from '@jest/globals';
import { ByteRoom } from '../../../activities/documents/byte-room.ts';

function workshop(limit: number) {
  const room = new ByteRoom(limit);
  const running = new Map<string, () => void>();
  const begin = (name: string, bytes: number) =>
    room.during(bytes, async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      running.set(name, resolve);
      await promise;
      running.delete(name);
    });
  const settle = async () => {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  };
  return { begin, running, settle };
}

test('as many go on as there is room for, and the next ones when there is room again', async () => {
  const { begin, running, settle } = workshop(10);
  const all = [begin('a', 6), begin('b', 4), begin('c', 1)];
  await settle();
  expect([...running.keys()]).toEqual(['a', 'b']);
  running.get('b')?.();
  await settle();
  expect([...running.keys()]).toEqual(['a', 'c']);
  for (const end of running.values()) end();
  await Promise.all(all);
});

test('what is larger than the room has it alone, and is not passed by', async () => {
  const { begin, running, settle } = workshop(10);
  const all = [begin('small', 1), begin('huge', 1000), begin('later', 1)];
  await settle();
  expect([...running.keys()]).toEqual(['small']);
  running.get('small')?.();
  await settle();
  expect([...running.keys()]).toEqual(['huge']);
  running.get('huge')?.();
  await settle();
  expect([...running.keys()]).toEqual(['later']);
  running.get('later')?.();
  await Promise.all(all);
});

test('work that fails leaves its room to others', async () => {
  const room = new ByteRoom(1);
  await expect(room.during(1, async () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await room.during(1, async () => 'done')).toBe('done');
});
