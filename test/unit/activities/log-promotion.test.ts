import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { logPromotion } from '../../../activities/trust/known/log-promotion.ts';
import { BUNDLE } from '../../../contracts/bundle.ts';
import { goldenPrefix } from '../../../contracts/object-keys.ts';
import type { KnownDigest } from '../../../contracts/provenance.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import type { Bucket } from '../../../services/objects/store.ts';
import {
  type Golden,
  KEY_SET,
  KEYS,
  makeGolden,
  PROMOTED,
  promotionOf,
  RUN,
  statementOf,
} from '../domain/custody-fixture.ts';
import { testLog } from '../permit/log-fixture.ts';

const scope = { tenant: RUN.tenant, workspace: RUN.workspace };
let folder: string;
let golden: Bucket;
let fixture: Golden;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'certus-log-'));
  golden = await openDirectoryStore(folder).bucket('golden');
  fixture = await makeGolden();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const put = (bytes: Uint8Array, run = RUN) =>
  golden.put(`${goldenPrefix(run, run.testId)}${BUNDLE.promotion}`, bytes, {
    contentType: 'application/json',
  });

describe('a promotion', () => {
  test('is written into the log once, by its digest and what it is about', async () => {
    const bytes = statementOf(fixture, BUNDLE.promotion);
    await put(bytes);
    const log = testLog();
    const noted: KnownDigest[] = [];
    const note = async (_scope: object, _testId: string, known: readonly KnownDigest[]) => {
      noted.push(...known);
    };
    const deps = { log, keySet: KEY_SET, golden, note };
    const index = await logPromotion(deps, { scope, testId: RUN.testId });
    expect(await logPromotion(deps, { scope, testId: RUN.testId })).toBe(index);
    expect(log.entries.slice(1)).toEqual([
      {
        v: 1,
        kind: 'promotion',
        tenant: scope.tenant,
        workspace: scope.workspace,
        test_id: RUN.testId,
        name: `permit_${'1'.repeat(32)}`,
        digest: sha256(bytes),
        subjects: [sha256(fixture.indexBytes), sha256(statementOf(fixture, BUNDLE.permit))],
        signer: KEYS.promotion.trusted.id,
        at: PROMOTED,
        note: null,
      },
    ]);
    const permit = sha256(statementOf(fixture, BUNDLE.permit));
    expect(noted).toContainEqual({ sha256: sha256(fixture.indexBytes), kind: 'bundle', name: BUNDLE.index });
    expect(noted).toContainEqual({ sha256: sha256('findings'), kind: 'file', name: 'findings.json' });
    expect(noted).toContainEqual({ sha256: permit, kind: 'statement', name: BUNDLE.permit });
    expect(noted).toContainEqual({ sha256: sha256(bytes), kind: 'statement', name: BUNDLE.promotion });
  });

  test.each<[string, () => Promise<unknown>, string]>([
    [
      'of another run',
      () => put(statementOf(fixture, BUNDLE.promotion), { ...RUN, testId: 'test_ffffffffffff' }),
      'wrong_scope',
    ],
    [
      'that another key signed',
      async () => put(await sealStatement(promotion(), KEYS.evidence.signer)),
      'untrusted_signer',
    ],
    ['that is another statement', () => put(statementOf(fixture, BUNDLE.permit)), 'untrusted_signer'],
  ])('%s is not', async (_, place, code) => {
    await place();
    const testId = code === 'wrong_scope' ? 'test_ffffffffffff' : RUN.testId;
    const log = testLog();
    const note = () => Promise.reject(new Error('something was noted'));
    const deps = { log, keySet: KEY_SET, golden, note };
    await expect(logPromotion(deps, { scope, testId })).rejects.toMatchObject({ code });
    expect(log.entries).toHaveLength(1);
  });
});

const promotion = () =>
  promotionOf(fixture.index, statementOf(fixture, BUNDLE.provenance), statementOf(fixture, BUNDLE.permit));
