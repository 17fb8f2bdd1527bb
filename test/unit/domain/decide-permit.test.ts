import { beforeAll, describe, expect, test } from '@jest/globals';
import { BUNDLE } from '../../../contracts/bundle.ts';
import { CLOCK_TOLERANCE_MS } from '../../../domain/custody/check-permit.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import { decidePermit, type PermitQuestion } from '../../../domain/permit/decide-permit.ts';
import {
  bytesOf,
  evidenceOf,
  FINISHED,
  type Golden,
  KEYS,
  makeGolden,
  makeIndex,
  provenanceOf,
  RUN,
  statementOf,
  tampered,
} from './custody-fixture.ts';

const HOUR = 3_600_000;
let golden: Golden;

beforeAll(async () => {
  golden = await makeGolden();
});

/** `permitted`, or why not. */
function ask(changes: Partial<PermitQuestion> = {}): string {
  const answer = decidePermit({
    evidence: evidenceOf(golden),
    expectedDigest: sha256(golden.indexBytes),
    expectedRun: RUN,
    now: new Date(FINISHED),
    maxAgeMs: HOUR,
    ...changes,
  });
  return answer.permitted ? 'permitted' : answer.reason;
}

const signedBy = async (key: (typeof KEYS)['evidence']) =>
  evidenceOf(golden, { provenanceBytes: await sealStatement(golden.provenance, key.signer) });

test('evidence that holds is permitted', () => {
  expect(ask()).toBe('permitted');
});

describe('a denial says why, in the words clients know', () => {
  test('invalid_signer: a stranger, another tenant, another role', async () => {
    for (const key of [KEYS.stranger, KEYS.otherTenant, KEYS.permit])
      expect(ask({ evidence: await signedBy(key) })).toBe('invalid_signer');
  });

  test('invalid_signer: a key that was not valid when it signed', async () => {
    const provenance = provenanceOf(golden.index, { completed_at: '2027-06-01T00:00:00.000Z' });
    const evidence = evidenceOf(golden, {
      provenanceBytes: await sealStatement(provenance, KEYS.evidence.signer),
    });
    expect(ask({ evidence, now: new Date('2027-06-01T00:00:00.000Z') })).toBe('invalid_signer');
  });

  test('inner_signature_verification_failed: another payload under the same signature', () => {
    const provenanceBytes = tampered(statementOf(golden, BUNDLE.provenance), ({ dsseEnvelope }) => {
      dsseEnvelope.payload = Buffer.from(JSON.stringify({ ...golden.provenance, more: 1 })).toString(
        'base64',
      );
    });
    expect(ask({ evidence: evidenceOf(golden, { provenanceBytes }) })).toBe(
      'inner_signature_verification_failed',
    );
  });

  test('hash_mismatch: a changed, a missing and an extra file', () => {
    const changed = new Map(golden.files).set('scan.json', { sha256: 'f'.repeat(64), size: 4 });
    const extra = new Map(golden.files).set('x.json', { sha256: 'f'.repeat(64), size: 4 });
    const missing = new Map(golden.files);
    missing.delete('scan.json');
    for (const files of [changed, extra, missing])
      expect(ask({ evidence: evidenceOf(golden, { files }) })).toBe('hash_mismatch');
  });

  test('hash_mismatch: a good statement about another bundle', async () => {
    const provenance = provenanceOf(makeIndex({ component_id: 'other' }));
    const provenanceBytes = await sealStatement(provenance, KEYS.evidence.signer);
    expect(ask({ evidence: evidenceOf(golden, { provenanceBytes }) })).toBe('hash_mismatch');
  });

  test('hash_mismatch: another bundle than the one that was asked for', () => {
    expect(ask({ expectedDigest: 'f'.repeat(64) })).toBe('hash_mismatch');
  });

  test.each(['tenant', 'workspace', 'testId'])('evidence_invalid: the bundle of another %s', (name) => {
    expect(ask({ expectedRun: { ...RUN, [name]: 'other' } })).toBe('evidence_invalid');
  });

  test('evidence_invalid: nothing there at all', () => {
    const nothing = new Uint8Array();
    expect(ask({ evidence: { ...evidenceOf(golden), indexBytes: nothing } })).toBe('evidence_invalid');
    expect(ask({ evidence: evidenceOf(golden, { provenanceBytes: nothing }) })).toBe('evidence_invalid');
  });

  test.each([
    ['as old as the limit', HOUR, 'permitted'],
    ['older', HOUR + 1, 'evidence_expired'],
    ['from the future by as much as clocks may differ', -CLOCK_TOLERANCE_MS, 'permitted'],
    ['further from the future', -CLOCK_TOLERANCE_MS - 1, 'evidence_expired'],
  ])('evidence_expired: evidence that is %s', (_, age, expected) => {
    expect(ask({ now: new Date(Date.parse(FINISHED) + age) })).toBe(expected);
  });
});

test('a bug is not a denial: it is thrown, and nothing is decided', () => {
  const files = new Proxy(golden.files, {
    get: () => {
      throw new TypeError('a bug');
    },
  });
  expect(() => ask({ evidence: evidenceOf(golden, { files }) })).toThrow('a bug');
});

test('the digest that counts is of the bytes that were read', () => {
  const spaced = Buffer.from(JSON.stringify(golden.index, null, 2));
  expect(sha256(spaced)).not.toBe(sha256(bytesOf(golden.index)));
  expect(
    ask({ evidence: { ...evidenceOf(golden), indexBytes: spaced }, expectedDigest: sha256(spaced) }),
  ).toBe('hash_mismatch');
});
