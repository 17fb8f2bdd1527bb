import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { PermitFacts } from '../../../contracts/permission.ts';
import { TrustPolicy } from '../../../contracts/trust-policy.ts';
import { CLOCK_TOLERANCE_MS } from '../../../domain/custody/clock-tolerance.ts';
import { DEFAULT_POLICY } from '../../../domain/permit/default-policy.ts';
import { type Asked, judge } from '../../../domain/permit/judge.ts';

const FINISHED = '2026-06-01T12:00:00.000Z';
const HOUR = 3_600_000;
const [EVIDENCE, SECOND, THIRD] = ['a', 'b', 'c'].map((digit) => digit.repeat(32)) as [
  string,
  string,
  string,
];
const BOM = 'https://cyclonedx.org/bom';
const REVIEW = 'https://example.org/review/v1';

const facts = (changes: Partial<PermitFacts> = {}): PermitFacts => ({
  schema: 'https://certus.dev/permit-facts/v1',
  component: 'shop',
  bundle_digest: '1'.repeat(64),
  provenance_digest: '2'.repeat(64),
  integrity: null,
  request: null,
  signature: null,
  signers: [{ key_id: EVIDENCE, environment: 'production', as: 'evidence' }],
  finished_on: FINISHED,
  gate: 'passed',
  counts: { critical: 0, high: 2, medium: 0, low: 0, info: 9 },
  kinds: ['secrets'],
  statements: [{ digest: '3'.repeat(64), predicate_type: BOM, key_id: EVIDENCE, from: 'file' }],
  ignored: [],
  max_age_hours: 1,
  ...changes,
});
const policy = (changes: object = {}): TrustPolicy =>
  TrustPolicy.parse({ schema: 'https://certus.dev/trust-policy/v1', name: 'p', ...changes });
const asking = (changes: Partial<Asked> = {}): Asked => ({
  tier: 'verified',
  destinations: ['golden', 'oci'],
  at: new Date(FINISHED),
  ...changes,
});
const answer = (
  rules: TrustPolicy,
  found: Partial<PermitFacts> = {},
  asked: Partial<Asked> = {},
  predicates: [string, unknown][] = [],
) => judge(rules, { facts: facts(found), predicates: new Map(predicates) }, asking(asked));
/** `permitted`, or the rules that were broken, or the reason when it was none. */
const said = (...question: Parameters<typeof answer>): string | string[] => {
  const { permitted, reason, violations } = answer(...question);
  if (permitted) return 'permitted';
  return violations.length > 0 ? violations.map(({ rule }) => rule) : (reason ?? 'no reason');
};
const fault = { reason: 'hash_mismatch', message: 'm' } as const;
/** Statements of the second key, and that it is one of the tenant. */
const attached = (
  environment: 'sandbox' | 'production',
  ...digests: readonly string[]
): Pick<PermitFacts, 'statements' | 'signers'> => ({
  statements: digests.map((digest) => ({ digest, predicate_type: REVIEW, key_id: SECOND, from: 'attached' })),
  signers: [...facts().signers, { key_id: SECOND, environment, as: 'statement' }],
});

describe('where nobody has set a policy', () => {
  test.each([
    ['whole evidence of production', {}, 'permitted'],
    [
      'of the sandbox',
      { signers: [{ key_id: EVIDENCE, environment: 'sandbox', as: 'evidence' }] },
      'permitted',
    ],
    ['whose gate has failed', { gate: 'failed' }, 'permitted'],
    ['whose files are others', { integrity: fault }, 'hash_mismatch'],
    ['that is not what was asked for', { request: { reason: 'no_artifacts', message: 'm' } }, 'no_artifacts'],
    ['of a key that was revoked', { signature: { reason: 'key_revoked', message: 'm' } }, 'key_revoked'],
    ['that says no time', { finished_on: null }, 'evidence_invalid'],
  ] as [string, Partial<PermitFacts>, string][])('%s', (_, found, expected) => {
    expect(said(DEFAULT_POLICY, found)).toEqual(expected);
  });

  test.each([
    ['as old as the limit', HOUR, 'permitted'],
    ['older', HOUR + 1, 'evidence_expired'],
    ['from the future by as much as clocks may differ', -CLOCK_TOLERANCE_MS, 'permitted'],
    ['further from the future', -CLOCK_TOLERANCE_MS - 1, 'evidence_expired'],
  ])('evidence that is %s', (_, age, expected) => {
    expect(said(DEFAULT_POLICY, {}, { at: new Date(Date.parse(FINISHED) + age) })).toBe(expected);
  });
});

describe('a tier', () => {
  const unsigned = { signature: { reason: 'invalid_signer', message: 'm' }, signers: [] } as const;

  test('is raised to what the policy asks at least, and never lowered', () => {
    expect(answer(policy(), {}, { tier: 'basic' }).tier).toBe('verified');
    expect(answer(policy({ minimum_tier: 'basic' }), {}, { tier: 'verified' }).tier).toBe('verified');
    expect(said(policy(), unsigned as never, { tier: 'basic' })).toBe('invalid_signer');
  });

  test('of basic asks for the hashes and for nothing else', () => {
    const lax = policy({ minimum_tier: 'basic', gate: 'passed' });
    expect(said(lax, { ...unsigned, gate: 'failed' } as never, { tier: 'basic' })).toBe('permitted');
    expect(said(lax, { integrity: fault }, { tier: 'basic' })).toBe('hash_mismatch');
  });
});

describe('a rule', () => {
  const sandbox = { signers: [{ key_id: EVIDENCE, environment: 'sandbox', as: 'evidence' }] } as const;
  const endorsed = (...keys: string[]) => ({
    signers: [
      ...facts().signers,
      ...keys.map((key_id) => ({ key_id, environment: 'production', as: 'endorsement' }) as const),
    ],
  });
  test.each([
    ['environments', {}, sandbox, ['signer_environment', 'signers_at_least']],
    ['keys', { signers: { keys: [SECOND] } }, {}, ['signer_key', 'signers_at_least']],
    ['keys, met', { signers: { keys: [EVIDENCE] } }, {}, 'permitted'],
    ['m of n', { signers: { at_least: 3 } }, endorsed(SECOND), ['signers_at_least']],
    [
      'm of n, one twice',
      { signers: { at_least: 3 } },
      endorsed(SECOND, SECOND, EVIDENCE),
      ['signers_at_least'],
    ],
    ['m of n, met', { signers: { at_least: 3 } }, endorsed(SECOND, THIRD), 'permitted'],
    [
      'm of n among some',
      { signers: { at_least: 2, keys: [EVIDENCE, THIRD] } },
      endorsed(SECOND),
      ['signers_at_least'],
    ],
    ['the gate', { gate: 'passed' }, { gate: 'failed' }, ['gate']],
    ['a gate that cannot be read', { gate: 'passed' }, { gate: null }, ['gate']],
    ['thresholds', { thresholds: { high: 1, critical: 0 } }, {}, ['threshold:high']],
    ['thresholds, met', { thresholds: { high: 2 } }, {}, 'permitted'],
    ['findings that cannot be counted', { thresholds: { low: 999 } }, { counts: null }, ['threshold:low']],
    ['kinds', { required_kinds: ['secrets', 'sast'] }, {}, ['kind:sast']],
    ['statements', { required_statements: [{ predicate_type: REVIEW }] }, {}, [`statement:${REVIEW}`]],
    ['statements, met', { required_statements: [{ predicate_type: BOM }] }, {}, 'permitted'],
    [
      'statements of others',
      { required_statements: [{ predicate_type: BOM, signers: [SECOND] }] },
      {},
      [`statement:${BOM}`],
    ],
  ] as [string, object, Partial<PermitFacts>, string | string[]][])(
    'about %s',
    (_, rules, found, expected) => {
      expect(said(policy(rules), found)).toEqual(expected);
    },
  );

  test('about destinations narrows what was asked for, and refuses when nothing is left', () => {
    const golden = policy({ destinations: ['golden'] });
    expect(answer(golden).destinations).toEqual(['golden']);
    expect(said(golden, {}, { destinations: ['oci'] })).toEqual(['destinations']);
  });

  test('about what a statement says holds for one that fits, and never for one that cannot be looked at', () => {
    const digest = '4'.repeat(64);
    const schema = { type: 'object', required: ['approved'], properties: { approved: { const: true } } };
    const rules = policy({ required_statements: [{ predicate_type: REVIEW, json_schema: schema }] });
    const found = attached('production', digest);
    expect(said(rules, found, {}, [[digest, { approved: true }]])).toBe('permitted');
    expect(said(rules, found, {}, [[digest, { approved: false }]])).toEqual([`statement:${REVIEW}`]);
    expect(said(rules, found)).toEqual([`statement:${REVIEW}`]);
  });

  test('about statements counts those of the environments that it takes, or of whom it names', () => {
    const required_statements = [{ predicate_type: REVIEW }];
    const by = (environment: 'sandbox' | 'production') => attached(environment, '4'.repeat(64));
    expect(said(policy({ required_statements }), by('production'))).toBe('permitted');
    expect(said(policy({ required_statements }), by('sandbox'))).toEqual([`statement:${REVIEW}`]);
    const signers = { environments: ['production', 'sandbox'] };
    expect(said(policy({ required_statements, signers }), by('sandbox'))).toBe('permitted');
    const named = [{ predicate_type: REVIEW, signers: [SECOND] }];
    expect(said(policy({ required_statements: named }), by('sandbox'))).toBe('permitted');
    // whose key nobody knows any more, nobody can say to be of any environment
    const { statements } = by('production');
    expect(said(policy({ required_statements }), { statements })).toEqual([`statement:${REVIEW}`]);
  });

  test('that takes more work than anybody waits for does not hold, and keeps no other from being looked at', () => {
    const checks = Array.from({ length: 100 }, () => ({ $ref: '#/$defs/name' }));
    const schema = {
      $defs: { name: { type: 'string', pattern: '^[a-z]+$' } },
      properties: { names: { items: { allOf: checks } } },
    };
    const rules = policy({ required_statements: [{ predicate_type: REVIEW, json_schema: schema }] });
    const [heavy, light] = ['4'.repeat(64), '5'.repeat(64)];
    const names = Array.from({ length: 20_000 }, () => 'a');
    const predicates: [string, unknown][] = [
      [heavy, { names }],
      [light, { names: ['a'] }],
    ];
    const [violation] = answer(rules, attached('production', heavy), {}, predicates).violations;
    expect(violation?.message).toContain('too much work');
    expect(said(rules, attached('production', heavy, light), {}, predicates)).toBe('permitted');
  });

  test('that is nested without end does not hold', () => {
    let deep: unknown = 'a';
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    const rules = policy({
      required_statements: [{ predicate_type: REVIEW, json_schema: { type: 'object' } }],
    });
    const digest = '4'.repeat(64);
    expect(said(rules, attached('production', digest), {}, [[digest, deep]])).toEqual([
      `statement:${REVIEW}`,
    ]);
  });

  test('is set aside by its exception: by name, for its component, until its time', () => {
    const reason = 'is being mended at the moment';
    const until = new Date(Date.parse(FINISHED) + HOUR).toISOString();
    const strict = (exception: object) =>
      policy({
        gate: 'passed',
        max_age_hours: 99,
        exceptions: [{ rule: 'gate', reason, until, ...exception }],
      });
    const failed = { gate: 'failed' } as const;
    expect(said(strict({}), failed)).toBe('permitted');
    expect(said(strict({ rule: 'threshold:high' }), failed)).toEqual(['gate']);
    expect(said(strict({ component: 'other' }), failed)).toEqual(['gate']);
    expect(said(strict({}), failed, { at: new Date(until) })).toEqual(['gate']);
    expect(said(strict({ rule: 'hash_mismatch' }), { integrity: fault })).toBe('hash_mismatch');
  });
});

test('no policy that can be written permits what is not whole, or what nobody who may has signed', () => {
  const rules = fc.record({
    minimum_tier: fc.constantFrom('basic', 'verified'),
    gate: fc.constantFrom('passed', 'any'),
    max_age_hours: fc.integer({ min: 1, max: 8760 }),
    exceptions: fc.array(
      fc.record({
        rule: fc.constantFrom('integrity', 'hash_mismatch', 'signature', 'invalid_signer', 'signer_key'),
        reason: fc.constant('because it is wanted so'),
        until: fc.constant('2099-01-01T00:00:00.000Z'),
      }),
    ),
  });
  fc.assert(
    fc.property(rules, fc.constantFrom('basic' as const, 'verified' as const), (changes, tier) => {
      const made = policy(changes);
      expect(answer(made, { integrity: fault }, { tier }).permitted).toBe(false);
      const unsigned = { signature: { reason: 'invalid_signer', message: 'm' } } as const;
      const { permitted, tier: given } = answer(made, unsigned, { tier });
      expect(permitted && given === 'verified').toBe(false);
    }),
  );
});
