// needs: postgres, temporal, s3, registry
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { documentKey, goldenManifestKey, goldenPrefix, heldKey } from '../../../contracts/object-keys.ts';
import type { PromotionView } from '../../../contracts/promotion.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { reviewIdOf } from '../../../domain/review/review-id.ts';
import { openRegistry } from '../../../services/registry/open-registry.ts';
import { type FaultProxy, startFaultProxy, type Where } from '../../faults/fault-proxy.ts';
import {
  carriedOutButAnswered,
  type Fault,
  type Gate,
  holdAnswer,
  holdRequest,
  refuse,
  resetRequestAfter,
  resetResponseAfter,
  s3Error,
  swallowAnswer,
} from '../../faults/faults.ts';
import { keysBelow, type Variant } from '../installation.ts';
import { startWhole, type Whole } from './whole.ts';

const MINUTE = 60_000;

describe.each<Variant>(['embedded', 'distributed'])('promotions that are disturbed, %s', (variant) => {
  let whole: Whole;
  let s3: FaultProxy;
  let registry: FaultProxy;

  beforeAll(async () => {
    if (variant === 'embedded') {
      whole = await startWhole(variant);
      return;
    }
    s3 = await startFaultProxy(process.env.CERTUS_S3_ENDPOINT ?? '');
    registry = await startFaultProxy(process.env.CERTUS_REGISTRY_URL ?? '');
    const transform = { CERTUS_S3_ENDPOINT: s3.url, CERTUS_REGISTRY_URL: registry.url };
    whole = await startWhole(variant, { transform });
  }, 2 * MINUTE);
  afterEach(() => {
    s3?.clear();
    registry?.clear();
  });
  afterAll(async () => {
    await whole?.close();
    await Promise.all([s3?.close(), registry?.close()]);
  }, MINUTE);

  /** So many that a page of them takes a while, and as large as is asked for. */
  async function bring(folder: string, count: number, size = 100): Promise<Map<string, string>> {
    const documents = new Map<string, string>();
    for (let nth = 0; nth < count; nth += 1) {
      const line = `Page ${nth} of ${folder}, about nobody.\n`;
      documents.set(
        `${folder}/${String(nth).padStart(4, '0')}.md`,
        line.repeat(Math.ceil(size / line.length)),
      );
    }
    const left = [...documents];
    const one = async () => {
      for (let next = left.pop(); next !== undefined; next = left.pop()) await whole.bring(...next);
    };
    await Promise.all(Array.from({ length: 6 }, one));
    return documents;
  }

  const manifestOf = (promotion: string) => whole.golden.head(goldenManifestKey(whole.scope, promotion));
  const tags = async (): Promise<string[]> => {
    const url = variant === 'embedded' ? join(whole.home, 'oci') : process.env.CERTUS_REGISTRY_URL;
    const { tenant, workspace } = whole.scope;
    return (await openRegistry(url ?? '')).tags(`certus/${tenant}/${workspace}/documents`);
  };

  /** Each document once, in golden, in the rows and in the registry, and all of it believed by whoever looks. */
  async function requireWhole(promotion: PromotionView, documents: ReadonlyMap<string, string>) {
    const { promotion_id: id } = promotion;
    expect(promotion).toMatchObject({ state: 'promoted', clean: documents.size, withheld: 0, error: null });
    expect(promotion.items.map(({ name }) => name)).toEqual([...documents.keys()].sort());
    const prefix = `${goldenPrefix(whole.scope, id)}documents/`;
    const keys = await keysBelow(whole.golden, prefix);
    expect(keys.map((key) => key.slice(prefix.length)).sort()).toEqual([...documents.keys()].sort());
    expect((await tags()).filter((tag) => tag === id)).toEqual([id]);
    const copies = await whole.database.client.goldenCopy.count({ where: { ...whole.scope, testId: id } });
    expect(copies).toBe(1);
    const pulled = await whole.certus('pull', promotion.oci_reference ?? '', '--to', join(whole.home, id));
    expect(pulled).toMatchObject({ status: 0, stdout: expect.stringContaining('verified, and in') });
  }

  test(
    'a worker that is killed while it places documents, and again while it publishes them, goes on',
    async () => {
      const documents = await bring('many', 150);
      const placing = { method: 'PUT', path: /golden\/documents\/many/, nth: 60 };
      // before it begins: on a machine with nothing else to do it is over in a moment
      const gate = holdRequest();
      s3?.plant(placing, gate.fault);
      const id = await whole.promote({ prefix: 'many/' });
      if (variant === 'distributed') await gate.arrived;
      const { open } = gate;
      await whole.workers.kill('transform');
      open();
      // without a proxy nothing holds the worker where it is: it may have come to the end of this
      if ((await manifestOf(id)) === undefined) expect(await tags()).not.toContain(id);
      else expect(variant).toBe('embedded');
      await whole.workers.start('transform');
      while ((await manifestOf(id)) === undefined);
      await whole.workers.kill('transform');
      await whole.workers.start('transform');
      await requireWhole(await whole.ended(id), documents);
    },
    5 * MINUTE,
  );

  test(
    'a document that is replaced between the order and its copy is held and not promoted',
    async () => {
      const documents = await bring('swap', 3);
      await whole.workers.stop('transform');
      const id = await whole.promote({ prefix: 'swap/' });
      await replace('swap/0001.md');
      await whole.workers.start('transform');
      await requireHeld(await whole.ended(id), 'swap/0001.md', documents);
    },
    3 * MINUTE,
  );

  const OTHERS = 'What nobody has asked for.\n';
  const replace = (name: string) =>
    whole.uploads.put(documentKey(whole.scope, name), Buffer.from(OTHERS), { contentType: 'text/plain' });

  async function requireHeld(promotion: PromotionView, name: string, documents: ReadonlyMap<string, string>) {
    const outcomes = Object.fromEntries(promotion.items.map((item) => [item.name, item.outcome]));
    const expected = [...documents.keys()].map((each) => [each, each === name ? 'changed' : 'clean']);
    expect(outcomes).toEqual(Object.fromEntries(expected));
    const prefix = `${goldenPrefix(whole.scope, promotion.promotion_id)}documents/`;
    const keys = await keysBelow(whole.golden, prefix);
    expect(keys).toHaveLength(documents.size - 1);
    expect(keys).not.toContain(`${prefix}${name}`);
    const review = reviewIdOf(whole.scope, name, sha256(documents.get(name) ?? ''));
    const kept = heldKey(whole.scope, review, `changed/${sha256(OTHERS)}`);
    expect(Buffer.from(await whole.quarantine.read(kept, 1000)).toString()).toBe(OTHERS);
    const to = join(whole.home, promotion.promotion_id);
    expect(await whole.certus('pull', promotion.oci_reference ?? '', '--to', to)).toMatchObject({
      status: 0,
    });
  }

  if (variant === 'embedded') return;

  test(
    'a large document that is replaced between the look into it and its copy is held as well',
    async () => {
      const documents = await bring('large', 2, 9 * 1024 * 1024);
      const gate = holdRequest();
      s3.plant({ method: 'GET', path: 'incoming/large/0000.md', nth: 2 }, gate.fault);
      const id = await whole.promote({ prefix: 'large/' });
      await gate.arrived;
      await replace('large/0000.md');
      gate.open();
      await requireHeld(await whole.ended(id), 'large/0000.md', documents);
    },
    3 * MINUTE,
  );

  const GOLDEN = { method: 'PUT', path: /golden\/documents\// };
  const UPLOAD = { method: 'GET', path: /incoming\/s3-/ };
  const MANIFEST = { method: 'PUT', path: 'golden-manifest.json' };

  test.each<[string, Where, Fault]>([
    [
      'answers 500 to what is put into golden',
      { ...GOLDEN, nth: 3, times: 6 },
      s3Error(500, 'InternalError'),
    ],
    ['asks to slow down', { ...UPLOAD, nth: 2, times: 6 }, s3Error(503, 'SlowDown')],
    ['breaks off in the middle of a document', { ...UPLOAD, nth: 2, times: 3 }, resetResponseAfter(500)],
    ['breaks off in the middle of a copy', { ...GOLDEN, nth: 2, times: 3 }, resetRequestAfter(500)],
    ['does what it is asked, and its answer is lost', { ...GOLDEN, times: 3 }, swallowAnswer()],
    ['lets another one win the race', { ...GOLDEN, times: 3 }, s3Error(409, 'ConditionalRequestConflict')],
    ['says that the copy is there already', { ...GOLDEN, times: 3 }, carriedOutButAnswered(412)],
    ['loses the answer to the golden manifest', MANIFEST, swallowAnswer()],
  ])(
    'S3 %s',
    async (name, where, fault) => {
      const folder = `s3-${name.replaceAll(' ', '-')}`;
      const documents = await bring(folder, 12, 2000);
      const planted = s3.plant(where, fault);
      const id = await whole.promote({ prefix: `${folder}/` });
      const promotion = await whole.ended(id);
      expect(planted.count).toBeGreaterThan(0);
      await requireWhole(promotion, documents);
    },
    3 * MINUTE,
  );

  test(
    'S3 that is slow holds up one document, and shows nothing before it is there',
    async () => {
      const documents = await bring('s3-slow', 5);
      const gate: Gate = holdAnswer();
      s3.plant(GOLDEN, gate.fault);
      const id = await whole.promote({ prefix: 's3-slow/' });
      await gate.arrived;
      expect(await manifestOf(id)).toBeUndefined();
      gate.open();
      await requireWhole(await whole.ended(id), documents);
    },
    3 * MINUTE,
  );

  test(
    'the registry is gone half-way and comes back: golden is there meanwhile, and no tag',
    async () => {
      const documents = await bring('registry', 12);
      const outage = registry.plant({ nth: 8, times: 10_000 }, refuse());
      const id = await whole.promote({ prefix: 'registry/' });
      await outage.met;
      while ((await manifestOf(id)) === undefined);
      expect(await tags()).not.toContain(id);
      expect(await whole.seen(id)).toMatchObject({ oci_reference: null });
      outage.remove();
      await requireWhole(await whole.ended(id), documents);
    },
    3 * MINUTE,
  );
});
