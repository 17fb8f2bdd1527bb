import { beforeAll, describe, expect, test } from '@jest/globals';
import { BUNDLE } from '../../../contracts/bundle.ts';
import type { SanitizeStatement } from '../../../contracts/statements.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import type { Sanitized } from '../../../domain/custody/explained-files.ts';
import { promotionStatement } from '../../../domain/custody/promotion-statement.ts';
import {
  holdStatement,
  type SanitizedFile,
  type SanitizeFacts,
  sanitizeStatement,
} from '../../../domain/custody/sanitize-statement.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import { verifyBundle } from '../../../domain/custody/verify-bundle.ts';
import { inspectChain } from '../../../domain/provenance/inspect-chain.ts';
import {
  bundleFacts,
  describeFile,
  EXPIRES,
  type Golden,
  KEY_SET,
  KEYS,
  makeGolden,
  makeIndex,
  PROMOTED,
  RUN,
  statementOf,
} from '../domain/custody-fixture.ts';

const MASKED = 'm[X]sked';
const PATHS = ['masked.json', 'text.pdf', 'withheld.json', 'released.json', 'as-is.json'];
const INDEX = makeIndex({ files: PATHS.map((path) => describeFile(path, path)) });
const original = (path: string) => ({ path, before: { sha256: sha256(path) }, kinds: [] });
const copyAt = (path: string, media_type = 'application/json') => ({
  ...{ path, media_type, size: MASKED.length },
  digest: { sha256: sha256(MASKED) },
});
const CHANGES: SanitizedFile[] = [
  { ...original('masked.json'), outcome: 'masked', after: copyAt('masked.json') },
  { ...original('text.pdf'), outcome: 'masked', after: copyAt('text.pdf.masked.txt', 'text/plain') },
  { ...original('withheld.json'), outcome: 'withheld' },
  {
    ...original('released.json'),
    outcome: 'released',
    released: [{ order: 'order_1', by: 'ada', reason: 'hers' }],
  },
];

let whole: Golden;
let golden: Golden;
let facts: SanitizeFacts;

beforeAll(async () => {
  whole = await makeGolden(INDEX);
  facts = {
    ...{ ...RUN, bundleDigest: sha256(whole.indexBytes), policyDigest: 'a'.repeat(64) },
    ...{ rules: 'words/1', inspectedOn: PROMOTED, lookedAt: 5, kinds: [], files: CHANGES },
  };
  golden = await sanitized();
});

type Times = { readonly promotedOn?: string; readonly permitUsedOn?: string };

/** The copy of which a statement like this speaks, promoted with it. */
async function sanitized(statement: SanitizeStatement = sanitizeStatement(facts), times: Times = {}) {
  const bytes = await sealStatement(statement, KEYS.promotion.signer);
  const provenanceBytes = statementOf(whole, BUNDLE.provenance);
  const promotion = promotionStatement({
    bundle: bundleFacts(INDEX, provenanceBytes),
    permit: { id: `permit_${'1'.repeat(32)}`, digest: sha256(statementOf(whole, BUNDLE.permit)) },
    sanitized: { statement, digest: sha256(bytes) } satisfies Sanitized,
    ...{ from: 'raw/x/', to: 'golden/x/', promotedOn: PROMOTED, ...times },
  });
  const files = new Map(whole.files);
  for (const path of ['masked.json', 'text.pdf', 'withheld.json']) files.delete(path);
  for (const path of ['masked.json', 'text.pdf.masked.txt'])
    files.set(path, { sha256: sha256(MASKED), size: MASKED.length });
  const statements = new Map(whole.statements)
    .set(BUNDLE.sanitize, bytes)
    .set(BUNDLE.promotion, await sealStatement(promotion, KEYS.promotion.signer));
  return { ...whole, files, statements };
}

const fault = (copy: Golden, through?: 'evidence' | 'permit') =>
  verifyBundle(copy, KEY_SET, through).links.find(({ holds }) => !holds)?.fault?.code ?? 'verified';
const withFile = (path: string, text: string | undefined) => {
  const files = new Map(golden.files);
  if (text === undefined) files.delete(path);
  else files.set(path, { sha256: sha256(text), size: text.length });
  return { ...golden, files };
};
const withStatement = (path: string, bytes: Uint8Array | undefined, copy = golden) => {
  const statements = new Map(copy.statements);
  if (bytes === undefined) statements.delete(path);
  else statements.set(path, bytes);
  return { ...copy, statements };
};
const sealed = (statement: object, key = KEYS.promotion) => sealStatement(statement, key.signer);

test('a copy of which files were masked, withheld and let pass verifies, and says so', () => {
  const report = verifyBundle(golden, KEY_SET);
  expect(report).toMatchObject({
    verified: true,
    sanitized: {
      masked: ['masked.json', 'text.pdf'],
      withheld: ['withheld.json'],
      released: ['released.json'],
    },
  });
  expect(report.links[0]?.detail).toContain('of these 2 masked, 1 withheld, 1 released');
  const links = inspectChain({ ...golden, unread: null }, KEY_SET).links;
  expect(links.filter(({ state }) => state === 'fails')).toEqual([]);
});

test('a copy of before there were inspections verifies without one', () => {
  expect(verifyBundle(whole, KEY_SET)).toMatchObject({ verified: true, sanitized: null });
});

describe('nothing verifies when', () => {
  test.each<[string, () => Golden, string]>([
    ['a masked copy is altered', () => withFile('masked.json', 'other'), 'hash_mismatch'],
    [
      'the original of a masked file is put back',
      () => withFile('masked.json', 'masked.json'),
      'hash_mismatch',
    ],
    ['an original stands beside its masked copy', () => withFile('text.pdf', 'text.pdf'), 'unlisted_file'],
    ['a masked copy is gone', () => withFile('text.pdf.masked.txt', undefined), 'missing_file'],
    ['a withheld file is put back', () => withFile('withheld.json', 'withheld.json'), 'unlisted_file'],
    ['something else stands in its place', () => withFile('withheld.json', 'x'), 'unlisted_file'],
    ['a released file is altered', () => withFile('released.json', 'x'), 'hash_mismatch'],
    ['a released file is gone', () => withFile('released.json', undefined), 'missing_file'],
    ['a file that went on as it was is gone', () => withFile('as-is.json', undefined), 'missing_file'],
    ['there is a file more', () => withFile('more.json', 'x'), 'unlisted_file'],
    ['the statement is gone', () => withStatement(BUNDLE.sanitize, undefined), 'hash_mismatch'],
    ['it is no statement', () => withStatement(BUNDLE.sanitize, Buffer.from('{}')), 'malformed'],
  ])('%s', (_, copy, expected) => {
    expect(fault(copy())).toBe(expected);
    expect(inspectChain({ ...copy(), unread: null }, KEY_SET).links.map(({ state }) => state)).toContain(
      'fails',
    );
  });

  test('the statement was signed by anybody else', async () => {
    const statement = await sealed(sanitizeStatement(facts), KEYS.evidence);
    expect(fault(withStatement(BUNDLE.sanitize, statement))).toBe('untrusted_signer');
  });

  test.each<[string, Partial<SanitizeFacts>, string]>([
    ['another run', { testId: 'test_ffffffffffff' }, 'wrong_scope'],
    ['another workspace', { workspace: 'other' }, 'wrong_scope'],
    ['another bundle', { bundleDigest: 'b'.repeat(64) }, 'subject_mismatch'],
  ])('the statement is of %s', async (_, changes, expected) => {
    const statement = await sealed(sanitizeStatement({ ...facts, ...changes }));
    expect(fault(withStatement(BUNDLE.sanitize, statement))).toBe(expected);
  });

  test('the statement is one by which the bundle waits for people', async () => {
    const statement = await sealed(holdStatement(facts));
    expect(fault(withStatement(BUNDLE.sanitize, statement))).toBe('wrong_predicate');
  });

  test('another good statement of this bundle stands in its place', async () => {
    const other = await sealed(sanitizeStatement({ ...facts, rules: 'words/2' }));
    expect(fault(withStatement(BUNDLE.sanitize, other), 'permit')).toBe('verified');
    expect(fault(withStatement(BUNDLE.sanitize, other))).toBe('subject_mismatch');
  });

  test('it was promoted with a statement that is not there, though every file is as it was', async () => {
    const clean = await sealed(sanitizeStatement({ ...facts, files: [] }));
    const statement = sanitizeStatement({ ...facts, files: [] });
    const { statements } = await sanitized(statement);
    const copy = { ...whole, statements };
    expect(fault(copy)).toBe('verified');
    expect(fault(withStatement(BUNDLE.sanitize, undefined, copy))).toBe('missing_file');
    expect(fault(withStatement(BUNDLE.sanitize, clean, whole))).toBe('unlisted_file');
  });

  test.each<[string, SanitizedFile[]]>([
    ['a file that nobody listed', [{ ...original('nobody.json'), outcome: 'withheld' }]],
    [
      'a file of other bytes',
      [{ ...original('as-is.json'), before: { sha256: 'c'.repeat(64) }, outcome: 'withheld' }],
    ],
    ['a file twice', [...CHANGES, { ...original('withheld.json'), outcome: 'withheld' }]],
    ['a masked file without its copy', [{ ...original('masked.json'), outcome: 'masked' }]],
    [
      'a copy of what was withheld',
      [{ ...original('withheld.json'), outcome: 'withheld', after: copyAt('x.json') }],
    ],
    [
      'a copy in the place of another file',
      [{ ...original('text.pdf'), outcome: 'masked', after: copyAt('as-is.json') }],
    ],
    [
      'a copy in the place of the index',
      [{ ...original('text.pdf'), outcome: 'masked', after: copyAt(BUNDLE.index) }],
    ],
    [
      'a copy among the statements',
      [{ ...original('text.pdf'), outcome: 'masked', after: copyAt(BUNDLE.permit) }],
    ],
    [
      'one copy for two files',
      [
        { ...original('text.pdf'), outcome: 'masked', after: copyAt('x.txt') },
        { ...original('masked.json'), outcome: 'masked', after: copyAt('x.txt') },
      ],
    ],
  ])('the statement speaks of %s', async (_, files) => {
    const statement = await sealed(sanitizeStatement({ ...facts, files }));
    expect(['subject_mismatch', 'malformed']).toContain(
      fault(withStatement(BUNDLE.sanitize, statement), 'evidence'),
    );
  });
});

test('whoever has an evidence key alone can ask whether files are as they were signed', () => {
  const keys = { ...KEY_SET, keys: [KEYS.evidence.trusted] };
  const clean = withStatement(BUNDLE.sanitize, statementOf(golden, BUNDLE.sanitize), whole);
  expect(verifyBundle(clean, keys, 'evidence').verified).toBe(true);
  expect(verifyBundle(golden, keys, 'evidence').verified).toBe(false);
});

describe('a promotion after people have decided', () => {
  const later = '2026-07-01T00:00:00.000Z';

  test('is held to the time at which the permit was used', async () => {
    expect(fault(await sanitized(undefined, { promotedOn: later, permitUsedOn: PROMOTED }))).toBe('verified');
    expect(fault(await sanitized(undefined, { promotedOn: later }))).toBe('permit_expired');
    const expired = { promotedOn: later, permitUsedOn: EXPIRES.toISOString() };
    expect(fault(await sanitized(undefined, expired))).toBe('permit_expired');
  });

  test('cannot have used it afterwards', async () => {
    const times = { promotedOn: PROMOTED, permitUsedOn: '2026-06-01T12:03:00.000Z' };
    expect(fault(await sanitized(undefined, times))).toBe('permit_expired');
  });
});
