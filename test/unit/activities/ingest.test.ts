import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createIngestActivities } from '../../../activities/ingest/create-ingest-activities.ts';
import { BUNDLE, type GoldenManifest } from '../../../contracts/bundle.ts';
import type { Scope } from '../../../contracts/identifiers.ts';
import { goldenManifestKey, goldenPrefix, quarantineNoticeKey } from '../../../contracts/object-keys.ts';
import type { IngestInput, Ingestion } from '../../../contracts/workflows.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import type { Bucket } from '../../../services/objects/store.ts';
import type { IndexDocument, IndexResult, SearchIndex } from '../../../services/search/search-index.ts';
import { findingOf } from '../domain/finding-fixture.ts';

const RUN: IngestInput = {
  scope: { tenant: 'acme', workspace: 'web' },
  component: 'shop',
  assessment: 'default',
  testId: 'test_0123456789ab',
};

let folder: string;
let golden: Bucket;
let indexed: [Scope, number][];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'certus-ingest-'));
  golden = await openDirectoryStore(join(folder, 'objects')).bucket('golden');
  indexed = [];
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const finding = (n: number) => findingOf({ fingerprint: n.toString(16).padStart(64, '0') });

async function putGolden(count: number, changes: Partial<GoldenManifest> = {}): Promise<void> {
  const contentType = 'application/json';
  const findings = Array.from({ length: count }, (_, n) => finding(n));
  const bytes = Buffer.from(JSON.stringify({ schema: 'https://certus.dev/findings/v1', findings }));
  const manifest: GoldenManifest = {
    schema: 'https://certus.dev/golden/v1',
    tenant: RUN.scope.tenant,
    workspace_id: RUN.scope.workspace,
    component_id: RUN.component,
    test_id: RUN.testId,
    permit_id: `permit_${'1'.repeat(32)}`,
    bundle_digest: 'a'.repeat(64),
    prefix: goldenPrefix(RUN.scope, RUN.testId),
    files: [{ path: BUNDLE.findings, sha256: sha256(bytes), size: bytes.length, media_type: contentType }],
    promoted_at: '2026-06-01T12:02:00.000Z',
    ...changes,
  };
  await golden.put(`${manifest.prefix}${BUNDLE.findings}`, bytes, { contentType });
  const text = JSON.stringify(manifest);
  await golden.put(goldenManifestKey(RUN.scope, RUN.testId), Buffer.from(text), { contentType });
}

/** Keeps no documents, only who asked for how many; what it refuses is up to the test. */
const searchIndex = (refused: (documents: readonly IndexDocument[]) => IndexResult['failed']) =>
  ({
    ensure: async () => undefined,
    index: async (scope, documents) => {
      const failed = refused(documents);
      indexed.push([scope, documents.length - failed.length]);
      return { indexed: documents.length - failed.length, failed };
    },
  }) satisfies Partial<SearchIndex> as unknown as SearchIndex;

const ingest = (run = RUN, refused: Parameters<typeof searchIndex>[0] = () => []): Promise<Ingestion> => {
  const { indexFindings } = createIngestActivities({ golden, search: searchIndex(refused) });
  return new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR', () => undefined) }).run(
    indexFindings,
    run,
  ) as Promise<Ingestion>;
};

test('the findings of the run that was promoted get into the index of its workspace', async () => {
  await putGolden(3);
  expect(await ingest()).toEqual({ indexed: 3, masked: 0, failed: [] });
  expect(indexed).toEqual([[RUN.scope, 3]]);
});

describe('nothing is indexed of a golden manifest', () => {
  test.each<[string, Partial<GoldenManifest>]>([
    ['tenant', { tenant: 'globex' }],
    ['workspace', { workspace_id: 'other' }],
    ['test', { test_id: 'test_ffffffffffff' }],
    ['component', { component_id: 'bank' }],
    ['prefix', { prefix: 'globex/web/security-scans/test_0123456789ab/golden/' }],
  ])('of another %s', async (_, changes) => {
    await putGolden(1, changes);
    await expect(ingest()).rejects.toMatchObject({ code: 'bundle_invalid' });
    expect(indexed).toEqual([]);
  });

  test('that the caller names instead of the run', async () => {
    await putGolden(1);
    const named = { goldenManifestKey: goldenManifestKey(RUN.scope, RUN.testId) };
    const elsewhere = { ...RUN, scope: { tenant: 'acme', workspace: 'other' }, ...named };
    await expect(ingest(elsewhere)).rejects.toMatchObject({ code: 'object_not_found' });
    expect(indexed).toEqual([]);
  });
});

describe('what the index refuses is named', () => {
  const refuse = (documents: readonly IndexDocument[]) =>
    documents.map(({ id }) => ({ id, reason: 'it is too long' }));

  test.each([
    ['each, up to fifty', 50, 50, undefined],
    ['fifty of more, over all batches, and the rest counted', 1_234, 51, 'and 1184 more findings'],
  ])('%s', async (_, count, notices, last) => {
    await putGolden(count);
    const { failed, indexed: done } = await ingest(RUN, refuse);
    expect(done).toBe(0);
    expect(failed).toHaveLength(notices);
    expect(failed[0]).toEqual({
      code: 'not_indexed',
      message: 'it is too long',
      path: expect.stringMatching(/^test_/),
    });
    if (last !== undefined) expect(failed.at(-1)).toEqual({ code: 'not_indexed', message: last });
  });
});

test('of a run that is put into quarantine meanwhile nothing stays in the index', async () => {
  await putGolden(3);
  const removed: unknown[] = [];
  const search = {
    ...searchIndex(() => []),
    index: async (_: Scope, documents: readonly IndexDocument[]) => {
      const contentType = 'application/json';
      await golden.put(quarantineNoticeKey(RUN.scope, RUN.testId), Buffer.from('{}'), { contentType });
      return { indexed: documents.length, failed: [] };
    },
    remove: async (...what: unknown[]) => {
      removed.push(what);
      return 3;
    },
  };
  const { indexFindings } = createIngestActivities({ golden, search });
  const environment = new MockActivityEnvironment(
    {},
    { logger: new DefaultLogger('ERROR', () => undefined) },
  );
  await expect(environment.run(indexFindings, RUN)).rejects.toMatchObject({ code: 'quarantined' });
  expect(removed).toEqual([[RUN.scope, { test_id: [RUN.testId] }]]);
});
