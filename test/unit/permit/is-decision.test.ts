import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PermitDecision } from '../../../contracts/workflows.ts';
import { isDecision } from '../../../domain/permit/is-decision.ts';

const GOOD = { permitId: `permit_${'1'.repeat(32)}`, permitted: true, reason: null };

test('a decision is one, for or against', () => {
  expect(isDecision(GOOD)).toBe(true);
  expect(isDecision({ ...GOOD, permitted: false, reason: 'hash_mismatch' })).toBe(true);
});

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['a word', 'permitted'],
  ['a yes in words', { ...GOOD, permitted: 'yes' }],
  ['a yes as a number', { ...GOOD, permitted: 1 }],
  ['no id', { permitted: true, reason: null }],
  ['an id that is a path', { ...GOOD, permitId: '../permit' }],
  ['an id with a line behind it', { ...GOOD, permitId: `${GOOD.permitId}\n` }],
  ['ids in a list', { ...GOOD, permitId: [GOOD.permitId] }],
  ['a reason that is an object', { ...GOOD, reason: {} }],
  ['no reason', { permitId: GOOD.permitId, permitted: true }],
  ['a list of decisions', [GOOD]],
])('%s is none', (_, answer) => {
  expect(isDecision(answer)).toBe(false);
});

test('it says what the schema says, which workflows cannot load', () => {
  const odd = fc.oneof(fc.constantFrom(...Object.values(GOOD), undefined, 'yes', '', 0), fc.anything());
  const nearly = fc.record({ permitId: odd, permitted: odd, reason: odd }, { requiredKeys: [] });
  fc.assert(
    fc.property(fc.oneof(nearly, fc.anything()), (answer) => {
      expect(isDecision(answer)).toBe(PermitDecision.safeParse(answer).success);
    }),
    { numRuns: 500 },
  );
});
