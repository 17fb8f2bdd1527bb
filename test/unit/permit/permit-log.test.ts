import { beforeAll, expect, test } from '@jest/globals';
import { BUNDLE } from '../../../contracts/bundle.ts';
import type { KeySet } from '../../../contracts/keys.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import { verifyBundle } from '../../../domain/custody/verify-bundle.ts';
import {
  type Golden,
  KEY_SET,
  KEYS,
  makeGolden,
  permitOf,
  promotionOf,
  statementOf,
} from '../domain/custody-fixture.ts';
import { testLog } from './log-fixture.ts';

const log = testLog();
const keySet: KeySet = { ...KEY_SET, keys: [...KEY_SET.keys, log.trusted] };
let golden: Golden;
let proof: string;

beforeAll(async () => {
  golden = await makeGolden();
  proof = await log.prove(statementOf(golden, BUNDLE.permit), keySet);
});

const verified = (proofText: string | undefined, keys = keySet) => {
  const statements = new Map(golden.statements);
  if (proofText !== undefined) statements.set(BUNDLE.permitProof, Buffer.from(proofText));
  const { links } = verifyBundle({ ...golden, statements }, keys);
  return links.map(({ link, fault }) => `${link}: ${fault?.code ?? 'holds'}`);
};
const REFUSED = ['evidence: holds', 'permit: log_proof_invalid'];

test('a permit that stands in the log is verified offline, with its proof', () => {
  expect(verified(proof)).toEqual(['evidence: holds', 'permit: holds', 'promotion: holds']);
});

test('where a log is pinned a permit without a proof is none; where none is pinned nobody asks', () => {
  expect(verified(undefined)).toEqual(REFUSED);
  expect(verified(undefined, KEY_SET).at(-1)).toBe('promotion: holds');
});

test('the proof of another permit, or of another log, is none', async () => {
  const another = await sealStatement(
    permitOf(golden.index, statementOf(golden, BUNDLE.provenance)),
    KEYS.permit.signer,
  );
  expect(verified(await log.prove(another, keySet))).toEqual(REFUSED);
  expect(verified(await testLog().prove(statementOf(golden, BUNDLE.permit), keySet))).toEqual(REFUSED);
});

test('whoever verifies a bundle that went past the rules is told so', async () => {
  const provenance = statementOf(golden, BUNDLE.provenance);
  const bypass = {
    order_id: `order_${'b'.repeat(32)}`,
    by: 'ada',
    reason: 'an incident is to be mended',
    until: '2026-06-02T12:01:00.000Z',
    instead_of: { reason: null, violations: [] },
  };
  const permit = await sealStatement(
    permitOf(golden.index, provenance, { tier: 'basic', bypass }),
    KEYS.permit.signer,
  );
  const promotion = await sealStatement(promotionOf(golden.index, provenance, permit), KEYS.promotion.signer);
  const statements = new Map(golden.statements).set(BUNDLE.permit, permit).set(BUNDLE.promotion, promotion);
  const [, link] = verifyBundle({ ...golden, statements }, KEY_SET).links;
  expect(link?.detail).toContain('BYPASSED by ada');
});
