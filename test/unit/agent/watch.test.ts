import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { CertusError, type ErrorCode } from '../../../contracts/errors.ts';
import type { AgentConfiguration } from '../../../services/agent/configuration.ts';
import type { Identity } from '../../../services/agent/identity.ts';
import { type Site, watchSource } from '../../../services/agent/watch-source.ts';
import type { ItemReader } from '../../../services/ingest/item-reader.ts';
import { temporaryFolder } from '../scan/sources.ts';
import { type Disk, never, openDisk, policy, silent } from './agent-fixture.ts';

let root: string;
let disk: Disk;
let stop: AbortController;
beforeEach(async () => {
  root = temporaryFolder('watch');
  disk = await openDisk(join(root, 'spool'), 64 * 1024 * 1024);
  stop = new AbortController();
});
afterEach(() => {
  disk.state.close();
  rmSync(root, { recursive: true, force: true });
});

const source = { kind: 'drop', name: 'scans', host: '127.0.0.1', port: 0, max_bytes: 1e6 } as const;
const identity = { keyId: 'k', seal: (payload: Uint8Array) => Buffer.from(payload) } as Identity;
const siteWith = (fault: ErrorCode | undefined): Site => {
  const nature = { format: 'sarif', mediaType: 'application/json', language: null, location: '', extra: {} };
  const reader: ItemReader = {
    rulesFor: () => 'rules/1',
    read: async () => {
      if (fault !== undefined) throw new CertusError(fault, 'it cannot be read');
      return { ...nature, drafts: 0, masked: {}, opaque: [], rules: 'rules/1' };
    },
    close: async () => undefined,
  };
  const configuration = {
    ...{ workspace: 'default', component: null, labels: [], platform: { url: 'https://there' } },
    limits: { threads: 1, max_item_bytes: 1e6, max_items: 100 },
  } as unknown as AgentConfiguration;
  return {
    ...{ configuration, policy, reader, log: silent },
    ...{ state: disk.state, spool: disk.spool, mask: disk.mask },
    ...{ identity: async () => identity, rules: 'rules/1', now: () => new Date(), over: never },
  };
};
const dropped = () => readdirSync(join(disk.folder, 'inbox')).length;
/** One reading, and what was noted of it. */
const readOnce = async (fault?: ErrorCode) => {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const noted = jest.spyOn(disk.state, 'noteReading').mockImplementation((_, __, code) => resolve(code));
  stop = new AbortController();
  const watching = watchSource(siteWith(fault), source, stop.signal);
  const code = await promise;
  stop.abort();
  await watching;
  noted.mockRestore();
  return code;
};

test('a report that cannot be read yet stays, and one that never can goes', async () => {
  await disk.spool.drop('scans', 'nightly', Buffer.from('{"runs":[]}'));
  expect(await readOnce('dependency_unavailable')).toBe('dependency_unavailable');
  expect([dropped(), disk.state.waiting().length]).toEqual([1, 0]);
  expect(await readOnce('internal_error')).toBeNull();
  expect([dropped(), disk.state.waiting().length]).toEqual([0, 1]);
});

test('a report whose name is damaged is told, and does not keep the others', async () => {
  await disk.spool.drop('scans', 'one', Buffer.from('{"runs":[]}'));
  await disk.spool.drop('scans', 'two', Buffer.from('{"runs":[]}'));
  const [first = ''] = readdirSync(join(disk.folder, 'inbox')).sort();
  writeFileSync(join(disk.folder, 'inbox', first), 'x'.repeat(2000));
  expect(await readOnce()).toBeNull();
  expect([dropped(), disk.state.waiting()[0]?.items]).toEqual([0, 2]);
});

test('a disk that takes no note ends neither the reading of a source nor its drop', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const full = Object.assign(new Error('database or disk is full'), { errcode: 13 });
  jest.spyOn(disk.state, 'noteReading').mockImplementation(() => {
    resolve();
    throw full;
  });
  const watching = watchSource(siteWith(undefined), source, stop.signal);
  await Promise.race([promise, watching]);
  const spooled = disk.spool.changed.listen();
  await disk.spool.drop('scans', 'later', Buffer.from('{"runs":[]}'));
  await Promise.race([spooled, watching]);
  stop.abort();
  await watching;
  expect(disk.state.waiting().length).toBe(1);
});
