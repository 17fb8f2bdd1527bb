// needs: postgres
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { composeDocuments } from '../../../activities/documents/compose-documents.ts';
import { placeDocuments } from '../../../activities/documents/place-documents.ts';
import { BUNDLE } from '../../../contracts/bundle.ts';
import type { ReceivedDocument } from '../../../contracts/documents.ts';
import { documentKey, goldenManifestKey, goldenPrefix, heldKey } from '../../../contracts/object-keys.ts';
import type { PromotionInput } from '../../../contracts/promotion.ts';
import type { ReviewState } from '../../../contracts/review.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { verifyBundle } from '../../../domain/custody/verify-bundle.ts';
import { releaseRunOf, reviewIdOf } from '../../../domain/review/review-id.ts';
import { type Database, openDatabase } from '../../../services/database/database.ts';
import { changePromotion, openPromotion } from '../../../services/database/document-promotions.ts';
import { recordDeleted } from '../../../services/database/golden-classes.ts';
import { allPromotionItems, recordPromotionItems } from '../../../services/database/promotion-items.ts';
import { findReview, updateReview } from '../../../services/database/reviews.ts';
import type { Bucket } from '../../../services/objects/store.ts';
import { KEYS } from '../../unit/domain/custody-fixture.ts';
import { order } from '../permit/trust-fixture.ts';
import {
  bring,
  finish,
  openZones,
  orderPromotion,
  permitted,
  place,
  publicationOf,
  wanted,
  type Zones,
} from './promotion-fixture.ts';

let folder: string;
let database: Database;
let zones: Zones;

beforeAll(() => {
  database = openDatabase(process.env.CERTUS_DATABASE_URL!);
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'certus-promotion-'));
  zones = await openZones(folder, database);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
afterAll(() => database.close());

async function promote(input: PromotionInput) {
  const run = await permitted(zones, input);
  const page = await place(zones, input, run);
  return { run, page, finished: await finish(zones, input, run, page.policy) };
}

const four = () =>
  Promise.all([
    bring(zones, 'active/clean.md', 'nothing here'),
    bring(zones, 'active/held.md', 'HOLD this'),
    bring(zones, 'active/masked.md', 'a MASK here'),
    bring(zones, 'other/clean.md', 'nothing here either'),
  ]);

async function golden(testId: string): Promise<Map<string, Uint8Array>> {
  const prefix = goldenPrefix(zones.scope, testId);
  const files = new Map<string, Uint8Array>();
  for await (const { key } of zones.golden.list(prefix))
    files.set(key.slice(prefix.length), await zones.golden.read(key, 1e7));
  return files;
}

const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString();
const visible = async (testId: string) =>
  (await zones.golden.head(goldenManifestKey(zones.scope, testId))) !== undefined;

async function verified(testId: string) {
  const files = await golden(testId);
  const [statements, others] = [true, false].map(
    (is) => new Map([...files].filter(([path]) => path.startsWith(BUNDLE.statements) === is)),
  ) as [Map<string, Uint8Array>, Map<string, Uint8Array>];
  return verifyBundle(
    {
      indexBytes: others.get(BUNDLE.index) ?? new Uint8Array(),
      statements,
      files: new Map(
        [...others].map(([path, bytes]) => [path, { sha256: sha256(bytes), size: bytes.length }]),
      ),
    },
    zones.transform.keySet,
  );
}

/** Some bucket with one of its doors changed. */
const changed = (bucket: Bucket, change: Partial<Bucket>): Bucket =>
  Object.assign(Object.create(bucket) as Bucket, change);

describe('documents come to golden', () => {
  test('as they are, masked, or not at all; what is there verifies offline', async () => {
    const input = await orderPromotion(zones, await four());
    const { run, page, finished } = await promote(input);
    expect(finished).toMatchObject({ state: 'promoted', clean: 2, masked: 1, withheld: 1, changed: 0 });
    expect(page.reviews).toHaveLength(1);
    const files = await golden(input.testId);
    expect([...files.keys()].filter((path) => path.startsWith('documents/')).sort()).toEqual([
      'documents/active/clean.md',
      'documents/active/masked.md',
      'documents/other/clean.md',
    ]);
    expect(text(files.get('documents/active/masked.md'))).toBe('a <EMAIL_ADDRESS> here');
    expect((await verified(input.testId)).verified).toBe(true);
    const { documents, order: by } = JSON.parse(text(files.get(BUNDLE.intake)));
    expect(by.by).toBe('ada');
    expect(documents[0]).toMatchObject({ name: 'active/clean.md', received_by: 'bob' });
    expect(run.bundle.digest).toBe(sha256(files.get(BUNDLE.index) ?? ''));
  });

  test('and not one of them shows when every one is held back', async () => {
    const input = await orderPromotion(zones, [await bring(zones, 'a.md', 'HOLD')]);
    const { finished } = await promote(input);
    expect(finished).toMatchObject({ state: 'withheld', manifest: null });
    expect(await visible(input.testId)).toBe(false);
    expect(await golden(input.testId)).toEqual(new Map());
  });

  test('locked as long as the retention policy says: documents, statements and the list', async () => {
    const until = new Date('2099-01-01T00:00:00.000Z');
    const locked = new Map<string, Date | undefined>();
    const golden = changed(zones.golden, {
      put: async (key, body, { retainUntil, ...options }) => {
        locked.set(key, retainUntil);
        return zones.golden.put(key, body, options);
      },
    });
    const input = await orderPromotion(zones, await four());
    const run = await permitted(zones, input);
    const locking = { ...zones, transform: { ...zones.transform, golden, lockUntil: async () => until } };
    const { policy } = await place(locking, input, run);
    await finish(locking, input, run, policy);
    // what shows the copy can be taken away, so that a copy can be
    const manifest = goldenManifestKey(zones.scope, input.testId);
    expect([...locked].filter(([, date]) => date !== until).map(([key]) => key)).toEqual([manifest]);
    expect(locked.size).toBe(3 + 8);
  });

  test('once: what was placed is not looked into again, and finishing twice changes nothing', async () => {
    const input = await orderPromotion(zones, await four());
    const { run, page } = await promote(input);
    const before = await golden(input.testId);
    zones.looked.length = 0;
    expect(await place(zones, input, run, page.policy)).toEqual(page);
    expect(zones.looked).toEqual([]);
    await finish(zones, input, run, page.policy);
    expect(await golden(input.testId)).toEqual(before);
  });

  test('also after a crash at any of the puts', async () => {
    const documents = await four();
    for (let crashAt = 1; crashAt <= 12; crashAt++) {
      const input = await orderPromotion(zones, documents);
      const run = await permitted(zones, input);
      let puts = 0;
      const dying = changed(zones.golden, {
        put: async (...put) => {
          if (++puts === crashAt) throw new Error('crashed');
          return zones.golden.put(...put);
        },
      });
      const broken = { ...zones, transform: { ...zones.transform, golden: dying } };
      const attempt = async () => {
        const { policy } = await place(broken, input, run);
        return finish(broken, input, run, policy);
      };
      const outcome = await attempt().catch(() => 'crashed');
      if (outcome === 'crashed') expect(await visible(input.testId)).toBe(false);
      const { policy } = await place(zones, input, run);
      await finish(zones, input, run, policy);
      expect((await verified(input.testId)).verified).toBe(true);
    }
  });

  test('in the run that took the permit, and in no other', async () => {
    const input = await orderPromotion(zones, await four());
    const { run, page } = await promote(input);
    await expect(placeAs(input, run, page.policy, 'promotion/w/another')).rejects.toMatchObject({
      code: 'permit_used',
    });
  });
});

async function placeAs(input: PromotionInput, run: Parameters<typeof place>[2], policy: string, by: string) {
  const { signal } = new AbortController();
  return placeDocuments(zones.transform, { ...run, orderId: input.orderId, from: 0, policy }, signal, by);
}

describe('what was swapped', () => {
  const replace = async ({ name }: ReceivedDocument, bytes: Uint8Array) =>
    zones.uploads.put(documentKey(zones.scope, name), bytes, { contentType: 'text/plain' });

  test('after it was permitted does not come to golden, and is kept as evidence', async () => {
    const [document, ...others] = await four();
    const input = await orderPromotion(zones, [document, ...others]);
    const run = await permitted(zones, input);
    const other = Buffer.from('something else');
    await replace(document, other);
    const { policy } = await place(zones, input, run);
    expect(await finish(zones, input, run, policy)).toMatchObject({
      state: 'promoted',
      clean: 1,
      changed: 1,
    });
    expect((await golden(input.testId)).has('documents/active/clean.md')).toBe(false);
    expect((await verified(input.testId)).verified).toBe(true);
    const held = `changed/${sha256(other)}`;
    const id = reviewIdOf(zones.scope, document.name, document.sha256);
    expect(await zones.quarantine.read(heldKey(zones.scope, id, held), 100)).toEqual(other);
  });

  test('while it was looked into does not pass as what was looked into', async () => {
    const large = Buffer.alloc(9 * 1024 * 1024, 'HOLD ');
    const harmless = Buffer.alloc(large.length, 'good ');
    const document = await bring(zones, 'large.txt', large);
    const input = await orderPromotion(zones, [document]);
    const run = await permitted(zones, input);
    let opened = 0;
    const swapping = changed(zones.uploads, {
      open: async (key) => {
        const { info, body } = await zones.uploads.open(key);
        if (opened++ > 0) return { info, body };
        body.destroy();
        return { info, body: Readable.from([harmless], { objectMode: false }) };
      },
    });
    const tricked = { ...zones, transform: { ...zones.transform, uploads: swapping } };
    const { policy } = await place(tricked, input, run);
    expect(await finish(zones, input, run, policy)).toMatchObject({ state: 'withheld', changed: 1 });
    expect(await golden(input.testId)).toEqual(new Map());
  });

  test('or is gone is told, and keeps nothing else from golden', async () => {
    const documents = await four();
    const input = await orderPromotion(zones, documents);
    const run = await permitted(zones, input);
    await zones.uploads.remove(documentKey(zones.scope, 'other/clean.md'));
    const { policy } = await place(zones, input, run);
    expect(await finish(zones, input, run, policy)).toMatchObject({ state: 'promoted', changed: 1 });
  });

  test('a large one goes on as it is when nobody touched it', async () => {
    const document = await bring(zones, 'large.txt', Buffer.alloc(9 * 1024 * 1024, 'good '));
    const input = await orderPromotion(zones, [document]);
    const { finished } = await promote(input);
    expect(finished).toMatchObject({ state: 'promoted', clean: 1 });
    expect((await verified(input.testId)).verified).toBe(true);
  });
});

describe('nobody but the order says what is promoted', () => {
  test('a list that is not the one of the order', async () => {
    const documents = await four();
    const input = await orderPromotion(zones, documents, { list: { test_id: 'docs_0123456789ab' } });
    await expect(composeDocuments(zones.assurance, input)).rejects.toMatchObject({ code: 'order_invalid' });
  });

  test('an order that the operator did not sign', async () => {
    const input = await orderPromotion(zones, await four(), { key: KEYS.stranger });
    await expect(composeDocuments(zones.assurance, input)).rejects.toMatchObject({ code: 'order_invalid' });
  });

  test('an order of another run', async () => {
    const documents = await four();
    const [mine, other] = [await orderPromotion(zones, documents), await orderPromotion(zones, documents)];
    const asked = { ...mine, orderId: other.orderId };
    await expect(composeDocuments(zones.assurance, asked)).rejects.toMatchObject({ code: 'order_invalid' });
  });

  test('also where the evidence key signed something that no order names', async () => {
    const documents = await four();
    const input = await orderPromotion(zones, documents);
    const run = await permitted(zones, input);
    const { policy } = await place(zones, input, run);
    const { orderId } = await orderPromotion(zones, documents);
    await expect(finish(zones, { ...input, orderId }, run, policy)).rejects.toMatchObject({
      code: 'order_invalid',
    });
    expect(await visible(input.testId)).toBe(false);
  });

  test('rows that say more than golden holds', async () => {
    const documents = await four();
    const input = await orderPromotion(zones, documents);
    const run = await permitted(zones, input);
    await recordPromotionItems(
      database,
      zones.scope,
      input.testId,
      documents.map((document, ordinal) => ({
        ...document,
        ordinal,
        outcome: 'clean',
        kinds: [],
        after: null,
        reviewId: null,
      })),
    );
    const { policy } = await place(zones, input, run);
    await expect(finish(zones, input, run, policy)).rejects.toMatchObject({ code: 'digest_mismatch' });
    expect(await visible(input.testId)).toBe(false);
  });

  test('nothing is placed before it is settled under which privacy policy', async () => {
    const input = await orderPromotion(zones, await four());
    const run = await permitted(zones, input);
    const asked = { ...run, orderId: input.orderId, from: 0, policy: null };
    const { next, policy } = await placeDocuments(zones.transform, asked, wanted, publicationOf(run));
    expect(next).toBe(0);
    expect(policy).toMatch(/^[0-9a-f]{64}$/);
    expect(zones.looked).toEqual([]);
    expect(await allPromotionItems(database, zones.scope, input.testId)).toEqual([]);
    expect(await golden(input.testId)).toEqual(new Map());
  });

  test('another privacy policy than the one under which the first page was placed', async () => {
    const input = await orderPromotion(zones, await four());
    const run = await permitted(zones, input);
    await expect(place(zones, input, run, 'f'.repeat(64))).rejects.toMatchObject({
      code: 'privacy_policy_invalid',
    });
  });
});

describe('a review', () => {
  async function held() {
    const document = await bring(zones, 'active/held.md', 'HOLD this');
    await promote(await orderPromotion(zones, [document]));
    return { document, reviewId: reviewIdOf(zones.scope, document.name, document.sha256) };
  }

  const aboutRun = ({ testId, component, orderId, requestedBy }: PromotionInput) =>
    ({ testId, kind: 'release', component, orderId, requestedBy }) as const;

  const openedAtOf = async (reviewId: string) =>
    (await findReview(database, zones.scope, reviewId))?.openedAt.toISOString() ?? '';

  async function release(
    { document, reviewId }: Awaited<ReturnType<typeof held>>,
    verdict: 'release' | 'release_masked',
    changes: { subject?: string; review?: string; said?: 'release' | 'release_masked' | 'reject' } = {},
  ): Promise<PromotionInput> {
    const { order: given } = await order(database, {
      kind: 'decide_review',
      workspace: zones.scope.workspace,
      review_id: changes.review ?? reviewId,
      verdict: changes.said ?? verdict,
      reason: 'it is her own address',
      subject_digest: changes.subject ?? document.sha256,
    });
    return {
      scope: zones.scope,
      component: 'papers',
      assessment: 'documents',
      testId: releaseRunOf(reviewId, await openedAtOf(reviewId)),
      orderId: given.id,
      release: { reviewId, verdict, orderIds: [given.id] },
      destinations: ['golden'],
      requestedBy: 'ada',
    };
  }

  test('that is open or closed keeps a document back without looking again', async () => {
    const { document } = await held();
    zones.looked.length = 0;
    const { page, finished } = await promote(await orderPromotion(zones, [document]));
    expect(finished).toMatchObject({ state: 'withheld', withheld: 1 });
    expect(page.reviews).toHaveLength(1);
    expect(zones.looked).toEqual([]);
  });

  test.each([
    ['release', 'HOLD this', { released: 1 }],
    ['release_masked', '<EMAIL_ADDRESS> this', { masked: 1 }],
  ] as const)('%s lets it go, on the word of who said so', async (verdict, expected, counts) => {
    const input = await release(await held(), verdict);
    const { finished } = await promote(input);
    expect(finished).toMatchObject({ state: 'promoted', ...counts });
    const files = await golden(input.testId);
    expect(text(files.get('documents/active/held.md'))).toBe(expected);
    expect((await verified(input.testId)).verified).toBe(true);
    const bundle = JSON.parse(text(files.get(BUNDLE.sanitize)));
    const { predicate } = JSON.parse(Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString());
    expect(predicate.files[0].released).toEqual([
      { order: input.orderId, by: 'ada', reason: 'it is her own address' },
    ]);
    expect((await allPromotionItems(database, zones.scope, input.testId))[0]?.reviewId).toMatch(/^review_/);
  });

  test.each([
    ['of another document', { subject: 'c'.repeat(64) }],
    ['of another review', { review: `review_${'d'.repeat(32)}` }],
    ['that says something else', { said: 'release_masked' as const }],
    ['that says no', { said: 'reject' as const }],
  ])('a decision %s lets nothing go', async (_, changes) => {
    const input = await release(await held(), 'release', changes);
    await expect(composeDocuments(zones.assurance, input)).rejects.toMatchObject({ code: 'order_invalid' });
  });

  test.each(['rejected', 'expired', 'released_masked', 'failed'] as const)(
    'nor does one of somebody whom the others overruled: the review is %s',
    async (state) => {
      const review = await held();
      const input = await release(review, 'release');
      const run = await permitted(zones, input);
      const { policy } = await place(zones, input, run);
      const closed = { state, decisions: [], releasedAs: null, closedAt: new Date() };
      await updateReview(database, zones.scope, review.reviewId, closed);
      const refused = { code: 'review_closed' };
      await expect(composeDocuments(zones.assurance, input)).rejects.toMatchObject(refused);
      await expect(finish(zones, input, run, policy)).rejects.toMatchObject(refused);
      expect(await visible(input.testId)).toBe(false);
    },
  );

  async function ended(state: ReviewState, releasedAs: string | null = null) {
    const review = await held();
    const closed = { state, decisions: [], releasedAs, closedAt: new Date() };
    await updateReview(database, zones.scope, review.reviewId, closed);
    const again = async () => {
      await promote(await orderPromotion(zones, [review.document]));
      return (await findReview(database, zones.scope, review.reviewId))?.state;
    };
    return { ...review, again };
  }

  test('that nobody decided in time is asked for again with the document', async () => {
    expect(await (await ended('expired')).again()).toBe('open');
  });

  test('that ended with a no is not asked for again', async () => {
    expect(await (await ended('rejected')).again()).toBe('rejected');
  });

  test('whose document did not come to golden is asked for again, and until then it is not', async () => {
    const input = await release(await held(), 'release');
    const row = { documents: 1, bytes: 1, createdAt: new Date(), ...aboutRun(input) };
    await openPromotion(database, zones.scope, row);
    const { again } = await ended('released', input.testId);
    expect(await again()).toBe('released');
    await changePromotion(database, zones.scope, input.testId, { state: 'denied', endedAt: new Date() });
    expect(await again()).toBe('open');
  });

  test('whose document was deleted in golden is asked for again, and until then it is not', async () => {
    const input = await release(await held(), 'release');
    expect((await promote(input)).finished.state).toBe('promoted');
    const row = { documents: 1, bytes: 1, createdAt: new Date(), ...aboutRun(input) };
    await openPromotion(database, zones.scope, row);
    await changePromotion(database, zones.scope, input.testId, { state: 'promoted', endedAt: new Date() });
    const { again } = await ended('released', input.testId);
    expect(await again()).toBe('released');
    const deletion = { order_id: null, reason: 'asked', at: new Date().toISOString() };
    await recordDeleted(database, zones.scope, input.testId, deletion);
    expect(await again()).toBe('open');
  });

  test('nor does a run that is not the one of the release', async () => {
    const input = { ...(await release(await held(), 'release')), testId: 'docs_0123456789abcdef' };
    await expect(composeDocuments(zones.assurance, input)).rejects.toMatchObject({ code: 'order_invalid' });
  });
});
