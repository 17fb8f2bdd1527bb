import { beforeAll, describe, expect, test } from '@jest/globals';
import { BUNDLE } from '../../../contracts/bundle.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { promotionStatement } from '../../../domain/custody/promotion-statement.ts';
import { sanitizeStatement } from '../../../domain/custody/sanitize-statement.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import { type TombstoneFacts, tombstoneStatement } from '../../../domain/custody/tombstone-statement.ts';
import { verifyBundle } from '../../../domain/custody/verify-bundle.ts';
import { inspectChain } from '../../../domain/provenance/inspect-chain.ts';
import {
  bundleFacts,
  describeFile,
  type Golden,
  KEY_SET,
  KEYS,
  makeGolden,
  makeIndex,
  PROMOTED,
  RUN,
  statementOf,
} from '../domain/custody-fixture.ts';

const ORDER = `order_${'7'.repeat(32)}`;
const PERMIT = `permit_${'1'.repeat(32)}`;
const DELETED = new Date('2026-07-01T00:00:00.000Z');
const INDEX = makeIndex();
const MASKED = describeFile('findings.json', 'm[X]sked');

let whole: Golden;
let facts: TombstoneFacts;

beforeAll(async () => {
  whole = await makeGolden(INDEX);
  facts = {
    ...{ ...RUN, bundleDigest: sha256(whole.indexBytes), permitId: PERMIT, deleted: INDEX.files },
    ...{ order: ORDER, reason: 'the customer left', at: DELETED },
  };
});

const gone = (copy: Golden): Golden => ({
  ...copy,
  files: new Map([...copy.files].filter(([path]) => path === BUNDLE.index)),
});
const buried = async (copy: Golden, changes: Partial<TombstoneFacts> = {}, key = KEYS.promotion) => ({
  ...copy,
  statements: new Map(copy.statements).set(
    BUNDLE.tombstone,
    await sealStatement(tombstoneStatement({ ...facts, ...changes }), key.signer),
  ),
});
const fault = (copy: Golden) =>
  verifyBundle(copy, KEY_SET).links.find(({ holds }) => !holds)?.fault?.code ?? 'verified';

test('what is left of a deleted copy verifies, and says since when and by whose order', async () => {
  const copy = await buried(gone(whole));
  const report = verifyBundle(copy, KEY_SET);
  expect(report).toMatchObject({
    verified: true,
    deleted: { on: DELETED.toISOString(), order: ORDER, reason: 'the customer left' },
  });
  expect(report.links[0]?.detail).toContain(`DELETED ${DELETED.toISOString()} by ${ORDER}`);
  const links = inspectChain({ ...copy, unread: null }, KEY_SET).links;
  expect(links.filter(({ state }) => state === 'fails')).toEqual([]);
  expect(links[0]?.detail).toContain('deleted');
});

test('a masked file that was deleted is excused by its masked copy and not by what it was', async () => {
  const statement = sanitizeStatement({
    ...{ ...RUN, bundleDigest: facts.bundleDigest, policyDigest: 'a'.repeat(64), rules: 'words/1' },
    ...{ inspectedOn: PROMOTED, lookedAt: 2, kinds: [] },
    files: [
      {
        ...{ path: MASKED.path, before: { sha256: sha256('findings') }, outcome: 'masked', kinds: [] },
        after: { ...MASKED, digest: { sha256: MASKED.sha256 } },
      },
    ],
  });
  const bytes = await sealStatement(statement, KEYS.promotion.signer);
  const promotion = promotionStatement({
    bundle: bundleFacts(INDEX, statementOf(whole, BUNDLE.provenance)),
    permit: { id: PERMIT, digest: sha256(statementOf(whole, BUNDLE.permit)) },
    sanitized: { statement, digest: sha256(bytes) },
    ...{ from: 'raw/x/', to: 'golden/x/', promotedOn: PROMOTED },
  });
  const statements = new Map(whole.statements)
    .set(BUNDLE.sanitize, bytes)
    .set(BUNDLE.promotion, await sealStatement(promotion, KEYS.promotion.signer));
  const copy = gone({ ...whole, statements });
  expect(fault(await buried(copy, { deleted: [...INDEX.files, MASKED] }))).toBe('verified');
  expect(fault(await buried(copy))).toBe('missing_file');
});

describe('nothing is excused', () => {
  test.each<[string, () => Promise<Golden>, string]>([
    ['without a tombstone', async () => gone(whole), 'missing_file'],
    ['that it does not name', () => buried(gone(whole), { deleted: [FIRST] }), 'missing_file'],
    [
      'under another name',
      () => buried(gone(whole), { deleted: [FIRST, { ...SECOND, path: 'x' }] }),
      'missing_file',
    ],
    [
      'of another digest',
      () => buried(gone(whole), { deleted: [FIRST, { ...SECOND, sha256: 'f'.repeat(64) }] }),
      'missing_file',
    ],
    ['by another run', () => buried(gone(whole), { testId: 'test_ba9876543210' }), 'wrong_scope'],
    ['by another workspace', () => buried(gone(whole), { workspace: 'other' }), 'wrong_scope'],
    ['for another bundle', () => buried(gone(whole), { bundleDigest: 'f'.repeat(64) }), 'subject_mismatch'],
    ['by the key of evidence', () => buried(gone(whole), {}, KEYS.evidence), 'untrusted_signer'],
    ['by the key of permits', () => buried(gone(whole), {}, KEYS.permit), 'untrusted_signer'],
  ])('%s', async (_, copy, code) => {
    expect(fault(await copy())).toBe(code);
    expect(verifyBundle(await copy(), KEY_SET).deleted).toBeNull();
  });

  test('that is there and was altered', async () => {
    const altered = await buried(gone(whole));
    const files = new Map(altered.files).set(FIRST.path, { sha256: 'f'.repeat(64), size: FIRST.size });
    expect(fault({ ...altered, files })).toBe('hash_mismatch');
  });

  test('that nobody signed', async () => {
    const copy = await buried(gone(whole));
    const files = new Map(copy.files).set('more.json', { sha256: 'f'.repeat(64), size: 1 });
    expect(fault({ ...copy, files })).toBe('unlisted_file');
  });
});

const [FIRST, SECOND] = INDEX.files as [(typeof INDEX.files)[number], (typeof INDEX.files)[number]];
