import { generateKeyPairSync } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { canonicalJson } from '../../../contracts/canonical-json.ts';
import { type Delivery, HandedOverItem } from '../../../contracts/delivery.ts';
import { SourceRequest } from '../../../contracts/ingestion.ts';
import { ingestKey } from '../../../contracts/object-keys.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { originOf } from '../../../domain/ingest/origin.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import type { Bucket } from '../../../services/objects/store.ts';
import { temporaryFolder } from '../scan/sources.ts';
import { deliveryOf, itemOf, signedBundle } from './deliveries.ts';
import { codeOf, depsIn, listAll, open, SCOPE, signal, textOf } from './sources.ts';

const folder = temporaryFolder('agent');
const deps = depsIn({ folder });
let uploads: Bucket;
beforeAll(async () => {
  uploads = await openDirectoryStore(join(folder, 'objects')).bucket('uploads');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const AGENT = '0123456789abcdef'.repeat(2);
const EMAIL = ['inna.keller', 'nordwind-versand.de'].join('@');

async function delivered(changes: Partial<Delivery>) {
  const payload = JSON.stringify(deliveryOf(changes));
  const bytes = Buffer.from(JSON.stringify(signedBundle(payload, { key, certificate: Buffer.from('leaf') })));
  await uploads.put(ingestKey(SCOPE, sha256(bytes)), bytes, { contentType: 'application/json' });
  return {
    ...{ kind: 'agent' as const, agent: AGENT, source: 'handbook', sequence: 1 },
    ...{ delivery: sha256(payload), bundle: sha256(bytes) },
  };
}

describe('a delivery', () => {
  test('lists what it brings, and gives each as it was signed', async () => {
    const item = itemOf('docs/plan.md');
    const source = await delivered({ items: [item, itemOf('b.md')] });
    const { items, listedAll } = await listAll(() => open(source, deps));
    expect(items).toMatchObject([
      {
        ...{ key: 'docs/plan.md', name: 'plan.md', location: '/srv/share/docs/plan.md' },
        version: sha256(canonicalJson({ item, labels: [], component: null })),
        extra: {
          ...{ agent: AGENT, agent_source: 'handbook', agent_source_kind: 'folder' },
          ...{ delivery: source.delivery, site_sanitizer: '1.0.0', masked_at_site: 2 },
        },
      },
      { key: 'b.md' },
    ]);
    expect(listedAll).toBeUndefined();
    expect(open(source, deps).listsAll).toBe(false);
    const text = await textOf(open(source, deps), items[0]);
    expect(HandedOverItem.parse(JSON.parse(text ?? ''))).toEqual({ item, labels: [], component: null });
    expect(await textOf(open(source, deps), items[0], items[0]?.version)).toBeNull();
  });

  test('is not the same for other people, or of another component', async () => {
    const versionOf = async (changes: Partial<Delivery>) => {
      const source = await delivered(changes);
      return (await listAll(() => open(source, deps))).items[0]?.version;
    };
    const version = await versionOf({});
    expect(await versionOf({ sequence: 2, created_at: '2026-11-21T10:00:00.000Z' })).toBe(version);
    expect(await versionOf({ labels: ['legal'] })).not.toBe(version);
    expect(await versionOf({ component: 'shop' })).not.toBe(version);
  });

  test('goes on page by page, first what is there and then what is gone', async () => {
    const items = Array.from({ length: 25 }, (_, at) => itemOf(`${at}.md`));
    const gone = Array.from({ length: 2300 }, (_, at) => `old/${at}.md`);
    const source = await delivered({ items, gone });
    const listed = await listAll(() => open(source, deps), { limit: 10 });
    expect(listed.keys).toEqual(items.map((item) => item.key));
    expect(listed.gone).toEqual(gone);
    expect(listed.pages.map((page) => page.items.length + page.gone.length)).toEqual([
      10, 10, 5, 1000, 1000, 300,
    ]);
    expect(listed.pages[0]?.cursor).toEqual({ at: 10, left: 2315 });
  });

  test('of nothing but what is gone has no items, and an empty one is one page', async () => {
    const gone = await delivered({ items: [], gone: ['a.md'] });
    expect((await listAll(() => open(gone, deps))).gone).toEqual(['a.md']);
    const none = await delivered({ items: [], gone: [] });
    expect((await listAll(() => open(none, deps))).pages).toHaveLength(1);
  });

  test('names nobody in its keys, and what is gone is found under either name', async () => {
    const named = `mail/${EMAIL}/a.md`;
    const other = `mail/x.${EMAIL}/a.md`;
    const source = await delivered({
      items: [itemOf(named), itemOf(other)],
      gone: [`old/${EMAIL}.md`, 'plain.md'],
    });
    const { items, gone } = await listAll(() => open(source, deps));
    expect(JSON.stringify(items)).not.toContain(EMAIL);
    expect(items[0]).toMatchObject({
      key: expect.stringMatching(/^mail\/\[EMAIL_ADDRESS\]\/a\.md#[0-9a-f]{24}$/),
      location: '/srv/share/mail/[EMAIL_ADDRESS]/a.md',
    });
    expect(items[0]?.key).not.toBe(items[1]?.key);
    expect(gone).toEqual([
      named,
      other,
      expect.stringMatching(/^old\/\[EMAIL_ADDRESS\](?:\.md)?#[0-9a-f]{24}$/),
      `old/${EMAIL}.md`,
      'plain.md',
    ]);
    expect(await textOf(open(source, deps), items[0])).toContain('"drafts"');
  });

  test('counts what was masked at the site no further than a number goes', async () => {
    const masked = { A: Number.MAX_SAFE_INTEGER, B: Number.MAX_SAFE_INTEGER };
    const source = await delivered({ items: [itemOf('a.md', { masked })] });
    const { items } = await listAll(() => open(source, deps));
    expect(items[0]?.extra?.masked_at_site).toBe(1_000_000_000);
  });

  test('is read only as it was accepted, by its own workspace, and within its bounds', async () => {
    const source = await delivered({});
    const { items } = await listAll(() => open(source, deps));
    const page = (other: object, scope = SCOPE) =>
      codeOf(listAll(() => open({ ...source, ...other }, deps, scope)).then(() => 'listed'));
    expect(await page({ delivery: 'b'.repeat(64) })).toBe('digest_mismatch');
    expect(await page({ bundle: 'b'.repeat(64) })).toBe('upload_not_found');
    expect(await page({}, { tenant: 'acme', workspace: 'other' })).toBe('upload_not_found');
    const fetch = (item: object, maxBytes = 1e6) =>
      codeOf(
        open(source, deps).fetch({ ...items[0], ...item } as never, { known: undefined, maxBytes, signal }),
      );
    expect(await fetch({}, 10)).toBe('item_too_large');
    expect(await fetch({ key: 'other.md' })).toBe('bundle_invalid');
    expect(await fetch({ version: 'a'.repeat(64) })).toBe('bundle_invalid');
  });

  test('belongs to the agent and its source, whatever it brings', async () => {
    const one = await delivered({});
    const next = await delivered({ sequence: 2, items: [itemOf('b.md')] });
    expect(originOf(null, one)).toMatch(/^source_[0-9a-f]{24}$/);
    expect(originOf(null, next)).toBe(originOf(null, one));
    expect(originOf(null, { ...one, source: 'other' })).not.toBe(originOf(null, one));
    expect(originOf(null, { ...one, agent: 'f'.repeat(32) })).not.toBe(originOf(null, one));
  });

  test('is nothing that anybody asks for', async () => {
    const request = { name: 'mine', source: await delivered({}) };
    expect(SourceRequest.safeParse(request).success).toBe(false);
    const git = { kind: 'git', url: 'https://git.example.com/a.git' };
    expect(SourceRequest.safeParse({ name: 'mine', source: git }).success).toBe(true);
    const reading = { format: 'delivered' };
    expect(SourceRequest.safeParse({ name: 'mine', source: git, reading }).success).toBe(false);
  });
});
