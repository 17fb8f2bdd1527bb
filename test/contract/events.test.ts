// needs: postgres
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import type { NewScanEvent, ScanEvent } from '../../contracts/scan-event.ts';
import { type Database, openDatabase } from '../../services/database/database.ts';
import { type EventLog, type EventLogOptions, openEventLog } from '../../services/events/event-log.ts';
import { PAGE } from '../../services/events/pages.ts';

const url = process.env.CERTUS_DATABASE_URL!;
const hex = (bytes = 8) => randomBytes(bytes).toString('hex');
const newScope = () => ({ tenant: `t-${hex()}`, workspace: 'default' });
const newTest = () => `test_${hex(12)}`;
const NEVER = 3_600_000;

let database: Database;
const logs: EventLog[] = [];
/** One per process that it stands for. Nothing is found by looking again unless a test says so. */
function open(options: EventLogOptions = {}, on = database): EventLog {
  const log = openEventLog(on, { pollMs: NEVER, ...options });
  logs.push(log);
  return log;
}

beforeAll(() => {
  database = openDatabase(url);
});
afterEach(async () => {
  await Promise.all(logs.splice(0).map((log) => log.close()));
});
afterAll(() => database.close());

const at = '2026-01-02T03:04:05.678Z';
const line = (text: string): NewScanEvent => ({
  type: 'log',
  at,
  data: { tool: 't', stream: 'stdout', line: text },
});
const lines = (count: number, name = 'l') => Array.from({ length: count }, (_, n) => line(`${name}${n}`));
const end: NewScanEvent = { type: 'scan_complete', at, data: { status: 'SUCCEEDED' } };
const seqs = (events: readonly ScanEvent[]) => events.map(({ seq }) => seq);
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n + 1);

type Followed = {
  readonly events: ScanEvent[];
  readonly done: Promise<void>;
  stop(): void;
  reaches(seq: number): Promise<void>;
};
/** Reads as fast as events come. */
function follow(log: EventLog, scope: ReturnType<typeof newScope>, testId: string, after = 0): Followed {
  const stop = new AbortController();
  const events: ScanEvent[] = [];
  const waiting: { seq: number; wake: () => void }[] = [];
  const done = (async () => {
    for await (const event of log.follow(scope, testId, { after, signal: stop.signal })) {
      events.push(event);
      for (const { seq, wake } of waiting) if (event.seq >= seq) wake();
    }
  })();
  return {
    events,
    done,
    stop: () => stop.abort(),
    reaches: (seq) =>
      new Promise((wake) => {
        waiting.push({ seq, wake });
        if ((events.at(-1)?.seq ?? 0) >= seq) wake();
      }),
  };
}

async function onServer<T>(use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

describe('writing and reading', () => {
  test('what was told comes back in order, with its place, and data cannot pass for the store', async () => {
    const log = open();
    const [scope, testId] = [newScope(), newTest()];
    await log.append(scope, testId, [
      { type: 'phase', at, data: { name: 'checkout', seq: 99, type: 'log', timestamp: 0 } },
      line('a\0b \ud800 \u2028'),
    ]);
    expect(await log.read(scope, testId, { after: 0, limit: 10 })).toEqual({
      events: [
        { seq: 1, type: 'phase', timestamp: 1767323045.678, name: 'checkout' },
        {
          seq: 2,
          type: 'log',
          timestamp: 1767323045.678,
          tool: 't',
          stream: 'stdout',
          line: 'a\ufffdb \ufffd \u2028',
        },
      ],
      ended: false,
    });
  });

  test('pages begin after a place and say when nothing will follow', async () => {
    const log = open();
    const [scope, testId] = [newScope(), newTest()];
    const read = async (after: number, limit: number) => {
      const { events, ended } = await log.read(scope, testId, { after, limit });
      return { seqs: seqs(events), ended };
    };
    expect(await read(0, 5)).toEqual({ seqs: [], ended: false });
    await log.append(scope, testId, lines(5));
    expect(await read(3, 10)).toEqual({ seqs: [4, 5], ended: false });
    expect(await read(5, 10)).toEqual({ seqs: [], ended: false });
    await log.append(scope, testId, [end]);
    expect(await read(0, 5)).toEqual({ seqs: [1, 2, 3, 4, 5], ended: false });
    expect(await read(5, 5)).toEqual({ seqs: [6], ended: true });
    expect(await read(6, 5)).toEqual({ seqs: [], ended: true });
    expect(await read(2_147_483_647, 1000)).toEqual({ seqs: [], ended: true });
  });

  test('after the end nothing is added, by whomever', async () => {
    const [scope, testId] = [newScope(), newTest()];
    const [one, two] = [open(), open()];
    await one.append(scope, testId, [line('a'), end]);
    await Promise.all([two.append(scope, testId, [line('late'), end]), one.append(scope, testId, [end])]);
    expect((await one.read(scope, testId, { after: 0, limit: 10 })).events).toHaveLength(2);
  });

  test('ends that race leave one', async () => {
    const log = open();
    const [scope, testId] = [newScope(), newTest()];
    await Promise.all(Array.from({ length: 10 }, () => log.append(scope, testId, [line('x'), end])));
    const { events } = await log.read(scope, testId, { after: 0, limit: 100 });
    expect(events.filter(({ type }) => type === 'scan_complete')).toHaveLength(1);
    expect(events.at(-1)?.type).toBe('scan_complete');
  });

  test('writers that race leave no gap, and keep the order of each', async () => {
    const log = open();
    const [scope, testId] = [newScope(), newTest()];
    const write = async (name: string) => {
      for (let batch = 0; batch < 20; batch += 1)
        await log.append(scope, testId, lines(10, `${name}-${batch}-`));
    };
    await Promise.all(['a', 'b', 'c', 'd'].map(write));
    const { events } = await log.read(scope, testId, { after: 0, limit: 1000 });
    expect(seqs(events)).toEqual(upTo(800));
    for (const name of ['a', 'b', 'c', 'd']) {
      const own = events.map((event) => String(event.line)).filter((text) => text.startsWith(name));
      expect(own).toEqual(
        Array.from({ length: 20 }, (_, batch) => lines(10, `${name}-${batch}-`))
          .flat()
          .map(({ data }) => data.line),
      );
    }
  });

  test.each(['tenant', 'workspace'] as const)('nothing crosses from one %s to another', async (part) => {
    const log = open();
    const [mine, testId] = [newScope(), newTest()];
    const theirs = { ...mine, [part]: 'somebody-else' };
    const watching = follow(log, theirs, testId);
    await log.append(mine, testId, [line('secret')]);
    expect(await log.read(theirs, testId, { after: 0, limit: 10 })).toEqual({ events: [], ended: false });
    await log.append(theirs, testId, [end]);
    await watching.done;
    expect(watching.events.map(({ type }) => type)).toEqual(['scan_complete']);
    expect((await log.read(mine, testId, { after: 0, limit: 10 })).events).toMatchObject([
      { line: 'secret' },
    ]);
  });
});

describe('following', () => {
  test('history and then what comes, once and in order, while two writers in two processes write', async () => {
    const [one, two, reader] = [open(), open(), open()];
    const [scope, testId] = [newScope(), newTest()];
    await one.append(scope, testId, lines(300));
    const followers: Followed[] = [];
    const write = async (log: EventLog) => {
      for (let batch = 0; batch < 30; batch += 1) {
        // Others join all the while: at every moment somebody is between history and what comes.
        followers.push(follow(reader, scope, testId), follow(one, scope, testId));
        await log.append(scope, testId, lines(1 + (batch % 17)));
      }
    };
    await Promise.all([write(one), write(two)]);
    await one.append(scope, testId, [end]);
    await Promise.all(followers.map(({ done }) => done));
    const { events } = await one.read(scope, testId, { after: 0, limit: 10_000 });
    expect(events.length).toBeGreaterThan(700);
    for (const follower of followers) expect(seqs(follower.events)).toEqual(upTo(events.length));
  });

  test('joins where it is told to, and finishes at once when all of that is over', async () => {
    const log = open();
    const [scope, testId] = [newScope(), newTest()];
    await log.append(scope, testId, [...lines(2 * PAGE), end]);
    for (const after of [0, 1, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE, 2 * PAGE + 1, 2_147_483_647]) {
      const late = follow(log, scope, testId, after);
      await late.done;
      expect(seqs(late.events)).toEqual(upTo(2 * PAGE + 1).filter((seq) => seq > after));
    }
  });

  test('one query a wake-up, however many follow', async () => {
    let reads = 0;
    const counted = new Proxy(database.client, {
      get: (client, name) => {
        if (name === 'scanEvent') reads += 1;
        return Reflect.get(client, name);
      },
    });
    const log = open({}, { ...database, client: counted });
    const [scope, testId] = [newScope(), newTest()];
    const followers = Array.from({ length: 200 }, () => follow(log, scope, testId));
    for (let batch = 1; batch <= 20; batch += 1) {
      await log.append(scope, testId, lines(1));
      await Promise.all(followers.map(({ reaches }) => reaches(batch)));
    }
    expect(log.followers()).toBe(200);
    expect(reads).toBe(20);
    for (const { stop } of followers) stop();
    await Promise.all(followers.map(({ done }) => done));
    expect(log.followers()).toBe(0);
  });

  test('who does not read misses nothing and is waited for by nobody', async () => {
    const log = open();
    const [scope, testId] = [newScope(), newTest()];
    const slow = log
      .follow(scope, testId, { after: 0, signal: new AbortController().signal })
      [Symbol.asyncIterator]();
    await log.append(scope, testId, lines(1));
    expect((await slow.next()).value).toMatchObject({ seq: 1 });
    const quick = follow(log, scope, testId);
    for (let batch = 0; batch < 40; batch += 1) await log.append(scope, testId, lines(PAGE));
    await log.append(scope, testId, [end]);
    await quick.done;
    const rest: number[] = [];
    for (let next = await slow.next(); !next.done; next = await slow.next()) rest.push(next.value.seq);
    expect(rest).toEqual(upTo(40 * PAGE + 2).slice(1));
  });

  test('a signal ends it, also while nothing comes', async () => {
    const log = open();
    const silent = follow(log, newScope(), newTest());
    const [scope, testId] = [newScope(), newTest()];
    await log.append(scope, testId, lines(1));
    const following = follow(log, scope, testId);
    await following.reaches(1);
    silent.stop();
    following.stop();
    await Promise.all([silent.done, following.done]);
    expect(log.followers()).toBe(0);
  });

  test('a log that is closed sends its followers elsewhere', async () => {
    const log = open();
    const [scope, testId] = [newScope(), newTest()];
    await log.append(scope, testId, lines(3));
    const following = follow(log, scope, testId);
    await following.reaches(3);
    const cut = expect(following.done).rejects.toMatchObject({ code: 'dependency_unavailable' });
    await log.close();
    await cut;
    await expect(follow(log, scope, testId).done).rejects.toMatchObject({ code: 'dependency_unavailable' });
    const elsewhere = follow(open(), scope, testId, following.events.at(-1)?.seq);
    await open().append(scope, testId, [end]);
    await elsewhere.done;
    expect(seqs(elsewhere.events)).toEqual([4]);
  });
});

describe('when the listening connection', () => {
  const listening = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query = 'LISTEN certus_events'`;
  const kill = () =>
    onServer(async (client) => {
      const { rows } = await client.query<{ pid: number }>(listening);
      for (const { pid } of rows) await client.query('SELECT pg_terminate_backend($1, 5000)', [pid]);
      return rows.length;
    });

  test('is cut, nothing is lost, and it listens again', async () => {
    const lost: unknown[] = [];
    const log = open({ trouble: (error) => lost.push(error) });
    const writer = open();
    const [scope, testId] = [newScope(), newTest()];
    await writer.append(scope, testId, lines(1));
    const following = follow(log, scope, testId);
    await following.reaches(1);
    for (let round = 0; round < 5; round += 1) {
      expect(await kill()).toBe(1);
      // Written while nobody listens: only the look after connecting again can find it.
      await writer.append(scope, testId, lines(2));
      await following.reaches(3 + 2 * round);
    }
    await writer.append(scope, testId, [end]);
    await following.done;
    expect(seqs(following.events)).toEqual(upTo(12));
    expect(lost.length).toBeGreaterThanOrEqual(5);
  });

  test('never comes about, events are found by looking', async () => {
    const deaf: Database = {
      ...database,
      session: () => new pg.Client({ connectionString: 'postgresql://certus@127.0.0.1:1/certus' }),
    };
    const log = open({ pollMs: 20 }, deaf);
    const [scope, testId] = [newScope(), newTest()];
    const following = follow(log, scope, testId);
    await open().append(scope, testId, lines(3));
    await following.reaches(3);
    await open().append(scope, testId, [end]);
    await following.done;
    expect(seqs(following.events)).toEqual(upTo(4));
  });

  test('hears what somebody else says on the channel, it is not believed', async () => {
    const log = open();
    const [scope, testId] = [newScope(), newTest()];
    await log.append(scope, testId, lines(1));
    const following = follow(log, scope, testId);
    await following.reaches(1);
    await onServer((client) => client.query(`NOTIFY certus_events, 'nonsense'; NOTIFY certus_events, ''`));
    await log.append(scope, testId, [end]);
    await following.done;
    expect(seqs(following.events)).toEqual([1, 2]);
  });
});
