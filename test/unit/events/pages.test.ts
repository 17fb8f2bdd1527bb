import { expect, test } from '@jest/globals';
import type { ScanEvent } from '../../../contracts/scan-event.ts';
import { PAGE, Pages, type ReadRange } from '../../../services/events/pages.ts';

/** A stream of so many events that counts how often it is read. */
function stream(length: number) {
  const asked: [number, number][] = [];
  const state = { length, asked, gate: Promise.resolve() };
  const read: ReadRange = async ({ after, through }) => {
    asked.push([after, through]);
    const events: ScanEvent[] = [];
    for (let seq = after + 1; seq <= Math.min(through, state.length); seq += 1)
      events.push({ seq, type: 'log', timestamp: 0 });
    await state.gate;
    return events;
  };
  return { state, read };
}
const seqs = (events: readonly ScanEvent[]) => events.map(({ seq }) => seq);

test('every place is answered with what follows it, whatever was asked before', async () => {
  const { read } = stream(3 * PAGE + 7);
  const pages = new Pages();
  for (const place of [0, PAGE + 5, 5, 3 * PAGE, 2 * PAGE - 1, 3 * PAGE + 6, PAGE]) {
    const events = await pages.after('s', place, read);
    expect(events[0]?.seq).toBe(place + 1);
    expect(seqs(events)).toEqual(events.map((_, index) => place + 1 + index));
  }
});

test('many who ask for the same at once share one query, and those who come later need none', async () => {
  const { state, read } = stream(100);
  const pages = new Pages();
  const answers = await Promise.all(Array.from({ length: 200 }, () => pages.after('s', 0, read)));
  expect(new Set(answers.map((events) => events.length))).toEqual(new Set([100]));
  await pages.after('s', 40, read);
  expect(state.asked).toEqual([[0, PAGE]]);
});

test('a page that grows is asked only for what is new', async () => {
  const { state, read } = stream(10);
  const pages = new Pages();
  await pages.after('s', 0, read);
  state.length = 12;
  expect(seqs(await pages.after('s', 10, read))).toEqual([11, 12]);
  expect(state.asked).toEqual([
    [0, PAGE],
    [10, PAGE],
  ]);
});

test('a query that began before the event was there is asked again', async () => {
  const { state, read } = stream(10);
  const pages = new Pages();
  const open = Promise.withResolvers<void>();
  state.gate = open.promise;
  const early = pages.after('s', 0, read);
  state.length = 11;
  const late = pages.after('s', 10, read);
  open.resolve();
  expect(seqs(await early)).toHaveLength(10);
  expect(seqs(await late)).toEqual([11]);
});

test('the slow and the many do not make it keep more', async () => {
  const pages = new Pages();
  const { state, read } = stream(100 * PAGE);
  for (let page = 0; page < 100; page += 1) await pages.after('s', page * PAGE, read);
  state.asked.length = 0;
  await pages.after('s', 99 * PAGE, read);
  expect(state.asked).toEqual([]);
  await pages.after('s', 0, read);
  expect(state.asked).toEqual([[0, PAGE]]);
});

test('streams do not see each other', async () => {
  const pages = new Pages();
  const [one, two] = [stream(3), stream(5)];
  expect(await pages.after('a', 0, one.read)).toHaveLength(3);
  expect(await pages.after('b', 0, two.read)).toHaveLength(5);
});

test('a gap or a missing event is an error and not a shorter stream', async () => {
  const gap: ReadRange = async () => [
    { seq: 1, type: 'log', timestamp: 0 },
    { seq: 3, type: 'log', timestamp: 0 },
  ];
  await expect(new Pages().after('s', 0, gap)).rejects.toMatchObject({ code: 'internal_error' });
  await expect(new Pages().after('s', 4, stream(4).read)).rejects.toMatchObject({ code: 'internal_error' });
});

test('a failed query fails those who shared it, and the next one is a new one', async () => {
  const pages = new Pages();
  const broken: ReadRange = () => Promise.reject(new Error('away'));
  const both = await Promise.allSettled([pages.after('s', 0, broken), pages.after('s', 0, broken)]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await pages.after('s', 0, stream(2).read)).toHaveLength(2);
});
