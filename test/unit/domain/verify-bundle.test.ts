import { beforeAll, describe, expect, test } from '@jest/globals';
import { BUNDLE } from '../../../contracts/bundle.ts';
import type { KeySet } from '../../../contracts/keys.ts';
import { checkEvidence, parseIndex } from '../../../domain/custody/check-evidence.ts';
import { checkPermit } from '../../../domain/custody/check-permit.ts';
import { CLOCK_TOLERANCE_MS } from '../../../domain/custody/clock-tolerance.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import { verifyBundle } from '../../../domain/custody/verify-bundle.ts';
import {
  bundleFacts,
  bytesOf,
  DECIDED,
  describeFile,
  EXPIRES,
  evidenceOf,
  FINISHED,
  filesOf,
  type Golden,
  KEY_SET,
  KEYS,
  makeGolden,
  makeIndex,
  PROMOTED,
  permitOf,
  promotionOf,
  provenanceOf,
  refusal,
  statementOf,
} from './custody-fixture.ts';

let golden: Golden;
let provenance: Uint8Array;
let permit: Uint8Array;

beforeAll(async () => {
  golden = await makeGolden();
  provenance = statementOf(golden, BUNDLE.provenance);
  permit = statementOf(golden, BUNDLE.permit);
});

const faults = (content: Partial<Golden>) =>
  verifyBundle({ ...golden, ...content }, KEY_SET).links.map(
    ({ link, fault }) => `${link}: ${fault?.code ?? 'holds'}`,
  );
const withStatement = (path: string, bytes: Uint8Array) => ({
  statements: new Map(golden.statements).set(path, bytes),
});
const without = (path: string) => {
  const statements = new Map(golden.statements);
  statements.delete(path);
  return { statements };
};

test('a whole golden copy is verified, link by link', () => {
  const report = verifyBundle(golden, KEY_SET);
  expect(report.verified).toBe(true);
  expect(report.links.map(({ link, signer }) => [link, signer])).toEqual([
    ['evidence', KEYS.evidence.trusted.id],
    ['permit', KEYS.permit.trusted.id],
    ['promotion', KEYS.promotion.trusted.id],
  ]);
});

describe('a statement that was stripped off does not hold', () => {
  test.each([
    [BUNDLE.provenance, ['evidence: missing_file']],
    [BUNDLE.permit, ['evidence: holds', 'permit: missing_file']],
    [BUNDLE.promotion, ['evidence: holds', 'permit: holds', 'promotion: missing_file']],
  ])('%s', (path, expected) => {
    expect(faults(without(path))).toEqual(expected);
    expect(verifyBundle({ ...golden, ...without(path) }, KEY_SET).verified).toBe(false);
  });

  test('unless only the links before it were asked for', () => {
    expect(verifyBundle({ ...golden, ...without(BUNDLE.promotion) }, KEY_SET, 'permit').verified).toBe(true);
    expect(verifyBundle({ ...golden, ...without(BUNDLE.promotion) }, KEY_SET, 'promotion').verified).toBe(
      false,
    );
  });
});

describe('evidence', () => {
  const evidence = (changes: Parameters<typeof evidenceOf>[1]) =>
    refusal(() => checkEvidence(evidenceOf(golden, changes)));

  test('is refused with a file more', () => {
    const files = new Map(golden.files).set('extra.json', { sha256: 'f'.repeat(64), size: 1 });
    expect(evidence({ files })).toBe('unlisted_file');
  });

  test('is refused with a file less', () => {
    const files = new Map(golden.files);
    files.delete('scan.json');
    expect(evidence({ files })).toBe('missing_file');
  });

  test('is refused with a changed byte', () => {
    const files = new Map(golden.files).set('scan.json', {
      sha256: describeFile('', 'scam').sha256,
      size: 4,
    });
    expect(evidence({ files })).toBe('hash_mismatch');
  });

  test('is refused with another size', () => {
    const files = new Map(golden.files).set('scan.json', {
      sha256: describeFile('', 'scan').sha256,
      size: 5,
    });
    expect(evidence({ files })).toBe('hash_mismatch');
  });

  test.each([
    [
      'another file of the same run',
      { files: [describeFile('findings.json', 'findings'), describeFile('scan.json', 'scam')] },
    ],
    ['a file less', { files: [describeFile('findings.json', 'findings')] }],
    ['other bytes in the index alone', { component_id: 'shoq' }],
  ])('is refused when the statement speaks of %s', async (_, change) => {
    const provenanceBytes = await sealStatement(provenanceOf(makeIndex(change)), KEYS.evidence.signer);
    expect(evidence({ provenanceBytes })).toBe('subject_mismatch');
  });

  test.each(['tenant', 'workspace', 'test_id'])(
    'is refused when its provenance names another %s',
    async (name) => {
      const statement = provenanceOf(golden.index);
      const other = { tenant: 'globex', workspace: 'other', test_id: 'test_ffffffffffff' }[name];
      Object.assign(statement.predicate.buildDefinition.internalParameters, { [name]: other });
      expect(evidence({ provenanceBytes: await sealStatement(statement, KEYS.evidence.signer) })).toBe(
        'wrong_scope',
      );
    },
  );

  test("of one tenant cannot be signed with another tenant's key, however good the statement", async () => {
    expect(
      evidence({ provenanceBytes: await sealStatement(golden.provenance, KEYS.otherTenant.signer) }),
    ).toBe('untrusted_signer');
  });
});

describe('an index is refused', () => {
  const file = describeFile('scan.json', 'scan');
  test.each([
    ['that lists a file twice', bytesOf(makeIndex({ files: [file, file] }))],
    ['that lists itself', bytesOf(makeIndex({ files: [describeFile(BUNDLE.index, 'x')] }))],
    ['that lists a statement', bytesOf(makeIndex({ files: [describeFile(BUNDLE.permit, 'x')] }))],
    ['that lists a path out of the bundle', bytesOf(makeIndex({ files: [describeFile('../x', 'x')] }))],
    ['that lists an absolute path', bytesOf(makeIndex({ files: [describeFile('/x', 'x')] }))],
    ['that lists nothing', bytesOf(makeIndex({ files: [] }))],
    ['with something unknown in it', bytesOf({ ...makeIndex(), note: 'x' })],
    ['of another schema', bytesOf({ ...makeIndex(), schema: 'https://certus.dev/bundle/v2' })],
    ['that is no JSON', Buffer.from('{')],
    ['that is empty', new Uint8Array()],
  ])('%s', (_, bytes) => {
    expect(refusal(() => parseIndex(bytes))).toBe('malformed');
    expect(faults({ indexBytes: bytes })).toEqual(['evidence: malformed']);
  });
});

describe('evidence of a key that is not believed since a time', () => {
  const since = (invalid_since: string): KeySet => ({
    ...KEY_SET,
    keys: KEY_SET.keys.map((key) =>
      key.id === KEYS.evidence.trusted.id
        ? { ...key, revoked: { at: '2026-06-03T00:00:00.000Z', reason: 'key_compromise', invalid_since } }
        : key,
    ),
  });
  const said = (invalid_since: string, through?: 'evidence') =>
    verifyBundle(golden, since(invalid_since), through).links.map(
      ({ link, fault }) => `${link}: ${fault?.code ?? 'holds'}`,
    );
  const JUST_AFTER = new Date(DECIDED.getTime() + 1).toISOString();

  test('holds when it was permitted before', () => {
    expect(said(JUST_AFTER)).toEqual(['evidence: holds', 'permit: holds', 'promotion: holds']);
  });

  test('does not hold when it was permitted after, whatever time it claims', () => {
    // it says that it was finished a minute before
    expect(said(DECIDED.toISOString())).toEqual(['evidence: key_revoked']);
    expect(said(FINISHED)).toEqual(['evidence: key_revoked']);
  });

  test('has no other time than its own where there is no permit that holds', async () => {
    const stranger = await sealStatement(permitOf(golden.index, provenance), KEYS.stranger.signer);
    const content = { ...golden, ...withStatement(BUNDLE.permit, stranger) };
    const { links } = verifyBundle(content, since(DECIDED.toISOString()));
    expect(links.map(({ fault }) => fault?.code)).toEqual([undefined, 'untrusted_signer']);
    expect(verifyBundle(content, since(FINISHED)).verified).toBe(false);
  });
});

describe('a permit', () => {
  const check = (permitBytes: Uint8Array, more: { destination?: 'golden' | 'oci'; usedAt?: Date } = {}) =>
    refusal(() =>
      checkPermit({
        permitBytes,
        bundle: bundleFacts(golden.index, provenance),
        keySet: KEY_SET,
        destination: 'golden',
        ...more,
      }),
    );
  const changed = (change: (predicate: ReturnType<typeof permitOf>['predicate']) => void) => {
    const statement = permitOf(golden.index, provenance);
    change(statement.predicate);
    return sealStatement(statement, KEYS.permit.signer);
  };

  test('holds for its bundle and both destinations', () => {
    expect(check(permit, { usedAt: DECIDED })).toBe('accepted');
    expect(check(permit, { destination: 'oci' })).toBe('accepted');
  });

  test('for another bundle is none', async () => {
    const other = makeIndex({ files: [describeFile('scan.json', 'other')] });
    expect(check(await sealStatement(permitOf(other, provenance), KEYS.permit.signer))).toBe(
      'subject_mismatch',
    );
  });

  test('for another provenance of the same bundle is none', async () => {
    const again = await sealStatement(golden.provenance, KEYS.evidence.signer);
    expect(check(await sealStatement(permitOf(golden.index, again), KEYS.permit.signer))).toBe(
      'permit_for_other_bytes',
    );
  });

  test.each(['tenant', 'workspace', 'test_id'] as const)('for another %s is none', async (name) => {
    const other = { tenant: 'globex', workspace: 'other', test_id: 'test_ffffffffffff' }[name];
    expect(check(await changed(({ certus_permit }) => Object.assign(certus_permit, { [name]: other })))).toBe(
      'wrong_scope',
    );
  });

  test('for another destination is none', async () => {
    const onlyGolden = await changed(({ certus_permit }) => {
      certus_permit.destinations = ['golden'];
    });
    expect(check(onlyGolden)).toBe('accepted');
    expect(check(onlyGolden, { destination: 'oci' })).toBe('destination_not_permitted');
  });

  test('signed with an evidence key is none', async () => {
    expect(check(await sealStatement(permitOf(golden.index, provenance), KEYS.evidence.signer))).toBe(
      'untrusted_signer',
    );
    expect(check(await sealStatement(permitOf(golden.index, provenance), KEYS.promotion.signer))).toBe(
      'untrusted_signer',
    );
  });

  test('is good until the moment it expires', () => {
    expect(check(permit, { usedAt: new Date(EXPIRES.getTime() - 1) })).toBe('accepted');
    expect(check(permit, { usedAt: EXPIRES })).toBe('permit_expired');
  });

  test('is not good before it was given, but for clocks that differ a little', () => {
    expect(check(permit, { usedAt: new Date(DECIDED.getTime() - CLOCK_TOLERANCE_MS) })).toBe('accepted');
    expect(check(permit, { usedAt: new Date(DECIDED.getTime() - CLOCK_TOLERANCE_MS - 1) })).toBe(
      'permit_expired',
    );
  });
});

describe('a promotion', () => {
  const promoted = async (
    change: (statement: ReturnType<typeof promotionOf>) => void,
    key = KEYS.promotion,
  ) => {
    const statement = promotionOf(golden.index, provenance, permit);
    change(statement);
    return faults(withStatement(BUNDLE.promotion, await sealStatement(statement, key.signer))).at(-1);
  };
  const nothing = () => undefined;

  test('holds as it was made', async () => {
    expect(await promoted(nothing)).toBe('promotion: holds');
  });

  test('that names another permit does not hold, by digest or by id', async () => {
    expect(await promoted(({ predicate }) => (predicate.permit.digest.sha256 = 'e'.repeat(64)))).toBe(
      'promotion: permit_for_other_bytes',
    );
    expect(await promoted(({ predicate }) => (predicate.permit.id = `permit_${'2'.repeat(32)}`))).toBe(
      'promotion: permit_for_other_bytes',
    );
  });

  test('that names another bundle does not hold', async () => {
    expect(await promoted(({ predicate }) => (predicate.bundle.digest.sha256 = 'e'.repeat(64)))).toBe(
      'promotion: permit_for_other_bytes',
    );
  });

  test('that moved other files does not hold', async () => {
    expect(await promoted(({ subject }) => subject.pop())).toBe('promotion: subject_mismatch');
  });

  test.each(['tenant', 'workspace', 'test_id'] as const)('of another %s does not hold', async (name) => {
    const other = { tenant: 'globex', workspace: 'other', test_id: 'test_ffffffffffff' }[name];
    expect(await promoted(({ predicate }) => Object.assign(predicate, { [name]: other }))).toBe(
      'promotion: wrong_scope',
    );
  });

  test('signed with a key of another role does not hold', async () => {
    expect(await promoted(nothing, KEYS.permit)).toBe('promotion: untrusted_signer');
  });

  test('after its permit had expired does not hold', async () => {
    expect(await promoted(({ predicate }) => (predicate.promotedOn = EXPIRES.toISOString()))).toBe(
      'promotion: permit_expired',
    );
  });

  test('does not hold when the permit was exchanged afterwards for another good one', async () => {
    const later = await sealStatement(permitOf(golden.index, provenance), KEYS.permit.signer);
    expect(faults(withStatement(BUNDLE.permit, later))).toEqual([
      'evidence: holds',
      'permit: holds',
      'promotion: subject_mismatch',
    ]);
  });

  test('was made at the time it says', () => {
    expect(verifyBundle(golden, KEY_SET).links.at(-1)?.detail).toContain(PROMOTED);
  });
});

test('links are told apart by what a person has to do about them', async () => {
  const family = (content: Partial<Golden>) =>
    verifyBundle({ ...golden, ...content }, KEY_SET).links.at(-1)?.fault?.family;
  expect(family({ files: new Map() })).toBe('content');
  expect(family(withStatement(BUNDLE.permit, provenance))).toBe('trust');
  const impostor = { ...KEYS.stranger.signer, keyId: KEYS.permit.signer.keyId };
  expect(
    family(withStatement(BUNDLE.permit, await sealStatement(permitOf(golden.index, provenance), impostor))),
  ).toBe('cryptography');
  expect(
    family(
      withStatement(
        BUNDLE.provenance,
        await sealStatement(permitOf(golden.index, provenance), KEYS.evidence.signer),
      ),
    ),
  ).toBe('policy');
});

test('the files of the index are looked at, not those that a list of theirs claims', () => {
  const other = makeIndex({ files: [describeFile('scan.json', 'scan')] });
  expect(faults({ indexBytes: bytesOf(other), files: filesOf(other) })).toEqual([
    'evidence: subject_mismatch',
  ]);
});
