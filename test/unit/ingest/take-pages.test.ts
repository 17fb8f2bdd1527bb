import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, expect, test } from '@jest/globals';
import type { SourceDeps } from '../../../activities/ingest/source-deps.ts';
import { type Listing, type Taking, takePages } from '../../../activities/ingest/take-pages.ts';
import { CertusError } from '../../../contracts/errors.ts';
import type { Connector, SourceItem, SourcePage } from '../../../services/connectors/connector.ts';

let time: number;
let seen: string[];
let failed: string[];
beforeEach(() => {
  time = 0;
  [seen, failed] = [[], []];
});

const client = {
  ingestedItem: {
    findMany: async () => [],
    updateMany: async ({ where }: { where: { key: { in: string[] } } }) => seen.push(...where.key.in),
  },
  failedItem: {
    findMany: async () => [],
    upsert: async ({ create }: { create: { key: string } }) => failed.push(create.key),
  },
};
const deps = { database: { client }, now: () => new Date(time), maxItemBytes: 1000 } as unknown as SourceDeps;

const taking = (fetch: Connector['fetch']): Taking =>
  ({
    ingestion: { id: 'ing_1', config: { kind: 'git' } },
    connector: { fetch },
    place: { scope: { tenant: 'acme', workspace: 'shop' }, origin: 'source_1' },
    rules: 'r',
    signal: new AbortController().signal,
  }) as unknown as Taking;

const item = (key: string): SourceItem => ({ key, version: 'v', size: 1, name: key, location: key });

/** Pages of so many keys; where one begins is its number. */
const listing =
  (pages: readonly (readonly string[])[], listed: (page: number) => void = () => undefined): Listing =>
  async (cursor) => {
    const at = Number(cursor ?? 0);
    listed(at);
    const next = at + 1 < pages.length ? at + 1 : null;
    return {
      ...{ items: (pages[at] ?? []).map(item), gone: [], lost: [], checkpoint: `after ${at}` },
      cursor: next,
    } satisfies SourcePage;
  };

const unchanged: Connector['fetch'] = async () => null;

test('the next page is listed while the last item of the one before is still being read', async () => {
  const { promise: second, resolve } = Promise.withResolvers<void>();
  const list = listing([['a'], ['b']], (page) => page === 1 && resolve());
  const fetch: Connector['fetch'] = async ({ key }) => {
    if (key === 'a') await second;
    return null;
  };
  const { ends, last } = await takePages(deps, taking(fetch), list, null);
  expect(ends.map(({ key, outcome }) => `${key} ${outcome}`)).toEqual(['a skipped', 'b skipped']);
  expect(last).toMatchObject({ cursor: null, checkpoint: 'after 1' });
  expect(seen).toEqual(['a', 'b']);
});

test('what two pages name is taken once', async () => {
  const fetched: string[] = [];
  const fetch: Connector['fetch'] = async ({ key }) => {
    fetched.push(key);
    return null;
  };
  const { ends } = await takePages(deps, taking(fetch), listing([['a', 'b', 'a'], ['b', 'c'], ['c']]), null);
  expect(fetched).toEqual(['a', 'b', 'c']);
  expect(ends).toHaveLength(3);
});

test('a turn ends when its time is up, with the page that it is at, and the next one begins behind it', async () => {
  const list = listing([['a'], ['b'], ['c'], ['d']], (page) => {
    time += page === 1 ? 60_000 : 0;
  });
  const { last, ends } = await takePages(deps, taking(unchanged), list, null);
  expect([last.cursor, ends.length]).toEqual([2, 2]);
  expect((await takePages(deps, taking(unchanged), list, last.cursor)).ends).toHaveLength(2);
});

test('a turn is of so many pages, also by a clock that stands still', async () => {
  const list = listing(Array.from({ length: 100 }, (_, n) => [`${n}`]));
  const { last } = await takePages(deps, taking(unchanged), list, null);
  expect(last.cursor).toBe(10);
});

test('a source that is away for a whole page is waited for, though it was there for the page before', async () => {
  const away = ['b', 'c', 'd', 'e', 'f'];
  const fetch: Connector['fetch'] = async ({ key }) => {
    if (away.includes(key)) throw new CertusError('dependency_unavailable', 'it is away');
    return null;
  };
  const turn = takePages(deps, taking(fetch), listing([['a'], away]), null);
  await expect(turn).rejects.toMatchObject({ code: 'dependency_unavailable' });
  expect(seen).toEqual(['a']);
}, 20_000);

test('where one item fails, the turn ends once the others are at their end as well', async () => {
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const fetch: Connector['fetch'] = async ({ key }) => {
    if (key === 'a') {
      await begun;
      throw new Error('nobody has thought of this');
    }
    begin();
    await held;
    return null;
  };
  let isOver = false;
  const turn = takePages(deps, taking(fetch), listing([['a', 'b']]), null).catch((error: Error) => {
    isOver = true;
    return error.message;
  });
  await begun;
  for (let n = 0; n < 5; n += 1) await nextTurn();
  expect(isOver).toBe(false);
  letGo();
  expect(await turn).toBe('nobody has thought of this');
});
