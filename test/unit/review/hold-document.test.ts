import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type DocumentToHold, heldBefore, holdDocument } from '../../../activities/privacy/hold-document.ts';
import { heldKey } from '../../../contracts/object-keys.ts';
import { ReviewRules } from '../../../contracts/privacy.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { heldMasked, heldOriginal } from '../../../domain/review/held-names.ts';
import { reviewIdOf } from '../../../domain/review/review-id.ts';
import type { Database } from '../../../services/database/database.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import type { Bucket } from '../../../services/objects/store.ts';
import type { Inspected } from '../../../services/privacy/inspector.ts';

const scope = { tenant: 'acme', workspace: 'web' };
const BYTES = Buffer.from('to somebody\n');
const MASKED = Buffer.from('to [PERSON]\n');
const document = {
  name: 'a/b.pdf',
  sha256: sha256(BYTES),
  size: BYTES.length,
  media_type: 'application/pdf',
};
const id = reviewIdOf(scope, document.name, document.sha256);
const inspected: Inspected = {
  inspection: {
    format: 'pdf',
    media_type: 'application/pdf',
    kinds: [{ type: 'PERSON', count: 1 }],
    places: [{ type: 'PERSON', place: 'page 1', confidence: 1 }],
    opaque: [],
    action: 'quarantine',
  },
  masked: { bytes: MASKED, mediaType: 'text/plain', suffix: '.masked.txt' },
  preview: [{ place: 'page 1', text: 'to somebody', spans: [{ type: 'PERSON', start: 3, end: 11 }] }],
};

let folder: string;
let uploads: Bucket;
let quarantine: Bucket;
let rows: Record<string, unknown>[];
let deps: Parameters<typeof holdDocument>[0];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'certus-hold-'));
  const store = openDirectoryStore(folder);
  [uploads, quarantine] = [await store.bucket('uploads'), await store.bucket('quarantine')];
  rows = [];
  deps = { database: table(), quarantine, now: () => new Date('2026-06-01T12:00:00.000Z') };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The part of the table of reviews that is asked for here. */
function table(): Database {
  const review = {
    findUnique: async () => rows[0] ?? null,
    createMany: async ({ data }: { data: Record<string, unknown>[] }) => {
      const blank = { releasedAs: null, closedAt: null };
      if (rows.length === 0) rows.push(...data.map((row) => ({ ...blank, ...row })));
    },
    updateMany: async ({ where, data }: { where: { state?: string }; data: object }) => {
      if (rows[0]?.state === where.state) rows[0] = { ...rows[0], ...data };
    },
  };
  return { client: { review } } as unknown as Database;
}

const held = async (bytes = BYTES, changes: Partial<DocumentToHold> = {}) => {
  await uploads.put('acme/web/incoming/a/b.pdf', bytes, { contentType: 'application/pdf' });
  return holdDocument(deps, {
    ...{ scope, component: 'documents', assessment: 'documents', testId: null, document, inspected },
    original: { bucket: uploads, key: 'acme/web/incoming/a/b.pdf' },
    rules: ReviewRules.parse({}),
    ...changes,
  });
};
const inQuarantine = (name: string) => quarantine.read(heldKey(scope, id, name), 10_000);

describe('a document that is held', () => {
  test('lies in quarantine as it is, masked, and as a reviewer is to see it', async () => {
    const { review, state, reviewId } = await held();
    expect([state, reviewId]).toEqual(['open', id]);
    expect(Buffer.from(await inQuarantine(heldOriginal('a/b.pdf')))).toEqual(BYTES);
    expect(Buffer.from(await inQuarantine(heldMasked('a/b.pdf.masked.txt')))).toEqual(MASKED);
    expect(JSON.parse(Buffer.from(await inQuarantine('preview.json')).toString())).toEqual(inspected.preview);
    const masked = { name: 'a/b.pdf.masked.txt', sha256: sha256(MASKED), size: 12, media_type: 'text/plain' };
    expect(review?.subject).toEqual({ kind: 'document', document, masked });
  });

  test('has nothing of what was found in its row, or in what its review is given', async () => {
    const { review } = await held();
    expect(JSON.stringify([rows, review])).not.toContain('somebody');
  });

  test('is held once, however often it is come upon', async () => {
    const first = await held();
    expect(await held()).toEqual(first);
    expect(rows).toHaveLength(1);
    expect(await heldBefore(deps, scope, document)).toEqual(first);
  });

  test('is held whole after a crash at any step of it', async () => {
    const put = quarantine.put.bind(quarantine);
    for (let steps = 0; steps < 3; steps++) {
      let left = steps;
      deps = {
        ...deps,
        quarantine: {
          ...quarantine,
          put: async (...put_) => {
            left -= 1;
            if (left < 0) throw new Error('the lights went out');
            return put(...put_);
          },
        },
      };
      await expect(held()).rejects.toThrow('the lights went out');
      expect(rows).toEqual([]);
    }
    deps = { ...deps, quarantine };
    expect(await held()).toMatchObject({ state: 'open' });
    expect(Buffer.from(await inQuarantine(heldOriginal('a/b.pdf')))).toEqual(BYTES);
  });

  test('that was replaced meanwhile is not held in the name of what it was', async () => {
    await expect(held(Buffer.from('something else'))).rejects.toEqual(
      expect.objectContaining({ code: 'digest_mismatch' }),
    );
    expect(rows).toEqual([]);
  });

  test('keeps the copy that was made first, and says which one that is', async () => {
    const earlier = Buffer.from('to [NAME]\n');
    await quarantine.put(heldKey(scope, id, heldMasked('a/b.pdf.masked.txt')), earlier, {
      contentType: 'text/plain',
    });
    const { review } = await held();
    expect(review?.subject).toMatchObject({ masked: { sha256: sha256(earlier), size: earlier.length } });
  });

  test.each(['rejected', 'released'])('and was %s is not put to review again', async (state) => {
    await held();
    rows[0] = { ...rows[0], state, closedAt: new Date() };
    expect(await held()).toEqual({ reviewId: id, state, review: undefined });
  });

  test.each(['failed', 'expired'])('whose review %s is put to review again', async (state) => {
    await held();
    rows[0] = { ...rows[0], state, closedAt: new Date() };
    expect(await heldBefore(deps, scope, document)).toBeUndefined();
    expect(await held()).toMatchObject({ state: 'open', review: { id } });
    expect(rows[0]).toMatchObject({ state: 'open', closedAt: null });
  });
});
