import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Delivery } from '../../../contracts/delivery.ts';
import { CertusError, type ErrorCode } from '../../../contracts/errors.ts';
import { Reading } from '../../../contracts/ingestion.ts';
import type { AgentConfiguration } from '../../../services/agent/configuration.ts';
import { DeliveryWriter } from '../../../services/agent/delivery-writer.ts';
import { openLocalFolder } from '../../../services/agent/folder-connector.ts';
import type { Identity } from '../../../services/agent/identity.ts';
import { readSource } from '../../../services/agent/read-source.ts';
import { resendSource } from '../../../services/agent/site-status.ts';
import type { Connector, SourcePage } from '../../../services/connectors/connector.ts';
import type { ItemReader } from '../../../services/ingest/item-reader.ts';
import { temporaryFolder, write } from '../scan/sources.ts';
import { type Disk, never, openDisk, policy, silent } from './agent-fixture.ts';

let root: string;
let disk: Disk;
/** What the source has: texts, or what is wrong with an item. */
let things: Map<string, string | ErrorCode>;
let page: Partial<SourcePage>;
let fetches: string[];
let using: Connector;
beforeEach(async () => {
  root = temporaryFolder('source');
  disk = await openDisk(join(root, 'spool'), 64 * 1024 * 1024);
  [things, page, fetches, using] = [new Map(), {}, [], connector];
});
afterEach(() => {
  disk.state.close();
  rmSync(root, { recursive: true, force: true });
});

const connector: Connector = {
  listsAll: true,
  page: async () => ({
    items: [...things].map(([key, text]) => ({
      key,
      version: `v:${text.slice(0, 50)}`,
      size: null,
      name: key,
      location: key,
    })),
    ...{ gone: [], lost: [], cursor: null, checkpoint: { at: 'end' } },
    ...page,
  }),
  fetch: async ({ key }, { known }) => {
    fetches.push(key);
    const text = things.get(key) ?? '';
    if (/^[a-z]+_[a-z_]+$/.test(text)) throw new CertusError(text as ErrorCode, `no ${key}`);
    return known === `v:${text.slice(0, 50)}` ? null : { bytes: Buffer.from(text), mediaType: null };
  },
  close: async () => undefined,
};

/** A record for each line, as long as it is told. */
const reader: ItemReader = {
  rulesFor: () => 'rules/1',
  read: async ({ bytes }, _, take) => {
    const lines = Buffer.from(bytes).toString().split('\n');
    const drafts = lines.map((line, at) => ({
      kind: 'document' as const,
      ...{
        key: `line/${at}`,
        title: 't',
        text: line.startsWith('*') ? 'x'.repeat(Number(line.slice(1))) : line,
      },
    }));
    const nature = { format: 'text', mediaType: 'text/plain', language: null, location: '', extra: {} };
    await take(drafts, nature);
    return { ...nature, drafts: drafts.length, masked: {}, opaque: [], rules: 'rules/1' };
  },
  close: async () => undefined,
};

const identity = {
  seal: (payload: Uint8Array) =>
    Buffer.from(JSON.stringify({ dsseEnvelope: { payload: Buffer.from(payload).toString('base64') } })),
} as Identity;
const openedBundle = (body: Buffer): unknown => {
  const { dsseEnvelope } = JSON.parse(gunzipSync(body).toString());
  return JSON.parse(Buffer.from(dsseEnvelope.payload, 'base64').toString());
};
const once = async (meant = 'm', signal = never) => {
  const about = {
    ...{ workspace: 'default', source: 'docs', source_kind: 'folder' as const, sanitizer: 'rules/1' },
    ...{ component: null, labels: [] },
  };
  const { spool, state, mask } = disk;
  const partName = (key: string) => mask.blind('part', key);
  const writer = new DeliveryWriter(about, {
    ...{ spool, state, partName, identity: async () => identity },
    now: () => new Date('2026-06-01T12:00:00Z'),
  });
  const reading = {
    source: 'docs',
    reader,
    reading: Reading.parse({}),
    policy,
    mask,
    state,
    connector: using,
    writer,
    meant,
  };
  return readSource({ ...reading, maxItemBytes: 1e8, maxItems: 1000, sideBySide: 2, log: silent }, signal);
};
/** Takes what is spooled as the platform would, and gives it back. */
const taken = async (): Promise<Delivery[]> => {
  const deliveries: Delivery[] = [];
  for (
    let next = disk.state.firstWaiting('docs');
    next !== undefined;
    next = disk.state.firstWaiting('docs')
  ) {
    deliveries.push(Delivery.parse(openedBundle(await disk.spool.read(next))));
    await disk.spool.sent(next, new Date());
  }
  return deliveries;
};
const told = async () =>
  (await taken()).flatMap(({ items, gone }) => [
    ...items.map(({ key }) => key),
    ...gone.map((key) => `-${key}`),
  ]);

describe('a source', () => {
  test('is sent by what is new, changed and gone', async () => {
    things.set('a', 'first').set('b', 'second');
    await once();
    expect(await told()).toEqual(['a', 'b']);
    fetches = [];
    await once();
    expect([await told(), fetches]).toEqual([[], []]);
    things.set('a', 'changed').delete('b');
    await once();
    expect(await told()).toEqual(['a', '-b']);
  });

  test('is sent as a whole when it is to be read by other rules', async () => {
    things.set('a', 'first');
    await once();
    await told();
    await once('other');
    expect(await told()).toEqual(['a']);
  });

  test('tells once what cannot be read, and tries again what may be read later', async () => {
    things.set('bad', 'item_too_large').set('later', 'dependency_unavailable').set('good', 'text');
    using = { ...connector, listsAll: false };
    expect(await once()).toBe('later');
    const [delivery] = await taken();
    expect(delivery?.items.map(({ key, unread }) => [key, unread[0]?.reason])).toEqual([
      ['bad', 'item_too_large'],
      ['good', undefined],
    ]);
    // what comes later must not be forgotten by a source that tells changes only
    expect(disk.state.source('docs')).toBeUndefined();
    things.set('later', 'now it is there');
    expect(await once()).toBe('whole');
    expect(await told()).toEqual(['later']);
    expect(disk.state.source('docs')?.checkpoint).toEqual({ at: 'end' });
  });

  test('has in one delivery either an item or that it is gone', async () => {
    things.set('a', 'text');
    await once();
    await told();
    page = { items: [], gone: ['a'], lost: [{ key: 'a', code: 'symlink', message: '' }], listedAll: false };
    await once();
    const [delivery, ...more] = await taken();
    expect(more).toEqual([]);
    expect(delivery).toMatchObject({
      items: [{ key: 'a', drafts: [], unread: [{ reason: 'symlink' }] }],
      gone: [],
    });
    await once();
    expect(await told()).toEqual([]);
  });

  test('tells once of two things that are shown under one name', async () => {
    const twice = { key: 'B\ufffdr.txt', code: 'name_not_text', message: '' };
    page = { lost: [twice, twice] };
    await once();
    expect(await told()).toEqual(['B\ufffdr.txt']);
    things.set('B\ufffdr.txt', 'an item of the same name').set('a', 'text');
    disk.state.forgetVersions('docs');
    await once();
    const deliveries = await taken();
    for (const { items } of deliveries) expect(new Set(items.map(({ key }) => key)).size).toBe(items.length);
    expect(deliveries.length).toBe(2);
  });

  test('lets nothing go that a listing of changes has not named', async () => {
    things.set('a', 'text');
    await once();
    await told();
    page = { items: [], listedAll: false };
    await once();
    expect(await told()).toEqual([]);
  });
});

test('what a reader stumbles over each time is told, and not read for ever', async () => {
  things.set('poison', 'internal_error');
  expect(await once()).toBe('whole');
  const [delivery] = await taken();
  expect(delivery?.items).toMatchObject([{ key: 'poison', unread: [{ reason: 'internal_error' }] }]);
  fetches = [];
  expect(await once()).toBe('whole');
  expect([await told(), fetches]).toEqual([[], []]);
});

describe('a disk that is not mounted', () => {
  const docs = () => join(root, 'docs');
  beforeEach(() => {
    write(docs(), { 'a.txt': 'text', 'b.txt': 'more' });
    const source = { kind: 'folder' as const, name: 'docs', path: docs(), include: [], exclude: [] };
    using = openLocalFolder({ ...source, every_seconds: 1, watch: false }, 1000);
  });
  const unmount = () => {
    renameSync(docs(), `${docs()}-away`);
    mkdirSync(docs());
  };

  test.each([
    ['when all is read by other rules', async () => undefined, 'other'],
    ['when all is to be sent anew', async () => void disk.state.forgetVersions('docs'), 'm'],
  ])('is not the end of its items %s', async (_, between, meant) => {
    await once();
    expect(await told()).toEqual(['a.txt', 'b.txt']);
    await between();
    unmount();
    await expect(once(meant)).rejects.toMatchObject({ code: 'source_changed' });
    expect(await told()).toEqual([]);
    // it is back: everything counts as changed, and nothing was forgotten
    rmSync(docs(), { recursive: true });
    renameSync(`${docs()}-away`, docs());
    await once(meant);
    expect(await told()).toEqual(['a.txt', 'b.txt']);
  });

  test('is not the end of what a first reading has brought before it was cut off', async () => {
    const whole = using;
    const cut = new CertusError('source_unreachable', 'cut off');
    using = {
      ...whole,
      page: async (asked) => {
        if (asked.cursor !== null) throw cut;
        return { ...(await whole.page(asked)), cursor: 1 };
      },
    };
    await expect(once()).rejects.toThrow('cut off');
    using = whole;
    unmount();
    await expect(once()).rejects.toMatchObject({ code: 'source_changed' });
  });

  test('is one when the folder is emptied where it is', async () => {
    await once();
    await told();
    for (const name of ['a.txt', 'b.txt']) rmSync(join(docs(), name));
    await once();
    expect((await told()).sort()).toEqual(['-a.txt', '-b.txt']);
  });
});

describe('what was gone in a delivery that was refused', () => {
  const refuse = async () => {
    const next = disk.state.firstWaiting('docs');
    if (next === undefined) throw new Error('nothing waits');
    await disk.spool.setAside(next, 'delivery_invalid');
    return next.id;
  };
  const resent = async () => {
    disk.state.close();
    const spool = { folder: disk.folder, key: join(root, 'spool.key'), max_bytes: 1e8 };
    const answer = await resendSource({ spool } as AgentConfiguration, 'docs');
    disk = await openDisk(join(root, 'spool'), 64 * 1024 * 1024);
    return answer;
  };
  beforeEach(async () => {
    things.set('a', 'text').set('b', 'text').set('c', 'text');
    await once();
    await told();
    things.delete('b');
    things.delete('c');
    await once();
  });

  test('is told again with the next reading, unless it is back', async () => {
    await refuse();
    expect(await resent()).toEqual({ items: 1, damaged: [] });
    things.set('c', 'back again');
    await once();
    expect(await told()).toEqual(['a', 'c', '-b']);
    await once();
    expect(await told()).toEqual([]);
  });

  test('is said to be lost where nobody can read it any more', async () => {
    const id = await refuse();
    writeFileSync(join(disk.folder, 'refused', id), 'damaged');
    expect(await resent()).toEqual({ items: 1, damaged: [id] });
    expect(disk.state.refused()).toEqual([]);
  });
});

describe('an item that is longer than a delivery', () => {
  const long = (lines: number) => Array.from({ length: lines }, () => '*90000').join('\n');

  test('comes in parts, and goes with all of them', async () => {
    things.set('long', long(100));
    await once();
    const deliveries = await taken();
    expect(deliveries.length).toBeGreaterThan(1);
    const items = deliveries.flatMap((delivery) => delivery.items);
    expect(new Set(items.map(({ key }) => key)).size).toBe(items.length);
    const drafts = items.flatMap((item) => item.drafts.map(({ key }) => key));
    expect([drafts.length, new Set(drafts).size]).toEqual([100, 100]);
    things.set('long', 'short now');
    await once();
    const after = await told();
    expect(after.filter((key) => !key.startsWith('-'))).toEqual(['long']);
    expect(after.filter((key) => key.startsWith('-')).sort()).toEqual(
      items
        .slice(1)
        .map(({ key }) => `-${key}`)
        .sort(),
    );
    things.delete('long');
    await once();
    expect(await told()).toEqual(['-long']);
  });

  test('is taken up again when all ended in its middle, and nothing of it is forgotten', async () => {
    things.set('long', long(100));
    disk.state.close();
    // room for one delivery: the second one waits
    disk = await openDisk(join(root, 'spool'), 60_000);
    const stop = new AbortController();
    const reading = once('m', stop.signal);
    const bell = disk.spool.changed.listen();
    await Promise.race([bell, reading.catch(() => undefined)]);
    stop.abort();
    await expect(reading).rejects.toThrow();
    const before = await told();
    expect(before.length).toBeGreaterThan(0);
    things.delete('long');
    await once();
    expect((await told()).sort()).toEqual(before.map((key) => `-${key}`).sort());
  });
});
