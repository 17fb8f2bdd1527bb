import { generateKeyPairSync } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { goldenManifestKey, goldenPrefix, ingestKey } from '../../contracts/object-keys.ts';
import type { Connector } from '../../services/connectors/connector.ts';
import { openDirectoryStore } from '../../services/objects/directory-store.ts';
import { deliveryOf, itemOf, signedBundle } from '../unit/connectors/deliveries.ts';
import { linking, site } from '../unit/connectors/site.ts';
import { codeOf, depsIn, listAll, open, SCOPE, signal } from '../unit/connectors/sources.ts';
import { GitServers } from '../unit/scan/git-servers.ts';
import { repository, temporaryFolder } from '../unit/scan/sources.ts';
import { sha256 } from './object-stores.ts';

/** A source with some items, opened anew by each worker; and what ends it. */
type Source = {
  readonly reopen: () => Connector;
  readonly count: number;
  readonly close?: () => Promise<void>;
};

const folder = temporaryFolder('connectors');
const store = openDirectoryStore(join(folder, 'objects'));
const TEXT = { contentType: 'text/plain' };
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function upload(): Promise<Source> {
  const digest = sha256('brought');
  await (await store.bucket('uploads')).put(ingestKey(SCOPE, digest), Buffer.from('brought'), TEXT);
  const source = { kind: 'upload', sha256: digest, size: 7, name: 'a.txt' };
  return { reopen: () => open(source, depsIn({ folder })), count: 1 };
}

async function golden(): Promise<Source> {
  const testId = 'docs_0123456789ab';
  const bucket = await store.bucket('golden');
  const files = ['a', 'b', 'c', 'd'].map((name) => ({
    path: `documents/${name}.txt`,
    text: `text of ${name}`,
  }));
  for (const { path, text } of files)
    await bucket.put(`${goldenPrefix(SCOPE, testId)}${path}`, Buffer.from(text), TEXT);
  const manifest = {
    ...{ schema: 'https://certus.dev/golden/v1', tenant: SCOPE.tenant, workspace_id: SCOPE.workspace },
    ...{
      component_id: 'shop',
      test_id: testId,
      permit_id: 'permit_0123456789ab',
      bundle_digest: sha256('b'),
    },
    prefix: goldenPrefix(SCOPE, testId),
    files: files.map(({ path, text }) => ({
      path,
      sha256: sha256(text),
      size: text.length,
      media_type: 'text/plain',
    })),
    promoted_at: '2026-06-01T12:00:00.000Z',
  };
  await bucket.put(goldenManifestKey(SCOPE, testId), Buffer.from(JSON.stringify(manifest)), TEXT);
  return { reopen: () => open({ kind: 'golden', test_id: testId }, depsIn({ folder })), count: 4 };
}

async function agent(): Promise<Source> {
  const payload = JSON.stringify(deliveryOf({ items: ['a', 'b/c', 'b/d', 'e'].map((key) => itemOf(key)) }));
  const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const signed = JSON.stringify(signedBundle(payload, { key, certificate: Buffer.from('a certificate') }));
  await (await store.bucket('uploads')).put(ingestKey(SCOPE, sha256(signed)), Buffer.from(signed), TEXT);
  const digests = { delivery: sha256(payload), bundle: sha256(signed) };
  const source = { kind: 'agent', agent: 'a'.repeat(32), source: 'handbook', sequence: 1, ...digests };
  return { reopen: () => open(source, depsIn({ folder })), count: 4 };
}

async function bucket(): Promise<Source> {
  const team = await store.bucket('team');
  for (const name of ['a', 'b/c', 'b/d', 'e'])
    await team.put(`${name}.md`, Buffer.from(`text of ${name}`), TEXT);
  return { reopen: () => open({ kind: 's3', bucket: 'team' }, depsIn({ folder })), count: 4 };
}

async function git(): Promise<Source> {
  const root = repository({ 'a.md': 'text of a', 'b/c.md': 'text of c', 'b/d.md': 'text of d' });
  const servers = new GitServers();
  const url = `${await servers.git(root)}/.git`;
  const close = async () => {
    await servers.stop();
    rmSync(root, { recursive: true, force: true });
  };
  const source = { kind: 'git', url, history: 1 };
  return { reopen: () => open(source, depsIn({ folder, hosts: ['127.0.0.1'] })), count: 4, close };
}

const PAGES = {
  '/': linking('/a', '/b', '/c'),
  '/a': linking('/d'),
  '/b': 'text of b',
  '/c': 'text of c',
  '/d': 'text of d',
};

async function web(): Promise<Source> {
  const { url, close } = await site(PAGES);
  const urls = Object.keys(PAGES).map((path) => `${url}${path}`);
  return { reopen: () => open({ kind: 'web', urls }, depsIn({ folder })), count: 5, close };
}

async function crawl(): Promise<Source> {
  const { url, close } = await site(PAGES);
  const source = { kind: 'web_crawl', seed_urls: [`${url}/`], max_depth: 2 };
  return { reopen: () => open(source, depsIn({ folder })), count: 5, close };
}

describe.each([
  ['upload', upload],
  ['agent', agent],
  ['golden', golden],
  ['s3', bucket],
  ['git', git],
  ['web', web],
  ['web_crawl', crawl],
] as const)('a connector: %s', (_, prepare) => {
  let source: Source;
  beforeAll(async () => {
    source = await prepare();
  });
  afterAll(() => source.close?.());

  test('names each item once, whatever the pages and whoever goes on', async () => {
    const whole = await listAll(source.reopen);
    const bit = await listAll(source.reopen, { limit: 1 });
    expect(whole.lost).toEqual([]);
    expect(new Set(whole.keys).size).toBe(source.count);
    expect(whole.keys).toHaveLength(source.count);
    expect([...bit.keys].sort()).toEqual([...whole.keys].sort());
    expect(bit.checkpoint).toEqual(whole.checkpoint);
  });

  test('gives what an item holds to a worker that has not listed it, and says when that is known', async () => {
    for (const item of (await listAll(source.reopen)).items) {
      const asked = { known: undefined, maxBytes: 100_000, signal };
      const fetched = await source.reopen().fetch(JSON.parse(JSON.stringify(item)), asked);
      expect(fetched?.bytes.length).toBeGreaterThan(0);
      if (item.size !== null) expect(fetched?.bytes.length).toBe(item.size);
      const known = fetched?.version ?? item.version;
      expect(known).not.toBe('');
      expect(await source.reopen().fetch(item, { ...asked, known })).toBeNull();
      expect((await source.reopen().fetch(item, { ...asked, known: 'another' }))?.bytes).toEqual(
        fetched?.bytes,
      );
    }
  });

  test('gives no more bytes than it may', async () => {
    const [item] = (await listAll(source.reopen)).items;
    const little = { known: undefined, maxBytes: 3, signal };
    expect(await codeOf(source.reopen().fetch(item as never, little))).toBe('item_too_large');
  });

  test('may be closed at any time, and more than once', async () => {
    const connector = source.reopen();
    await connector.page({ cursor: null, checkpoint: null, limit: 1, signal });
    await connector.close();
    await connector.close();
  });

  test('does not guess at a cursor that is none of its own', async () => {
    const odd = { cursor: { at: 'x', waiting: 7 }, checkpoint: 'odd', limit: 10, signal };
    const code = await codeOf(source.reopen().page(odd));
    expect(code).toBe(source.count === 1 ? 'none' : 'source_changed');
  });
});
