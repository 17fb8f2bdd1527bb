import { describe, expect, test } from '@jest/globals';
import { TrustPolicy } from '../../../contracts/trust-policy.ts';
import { requireUsablePolicy } from '../../../domain/permit/check-policy.ts';
import { refusal } from '../domain/custody-fixture.ts';

const check = (changes: object) =>
  refusal(() =>
    requireUsablePolicy(
      TrustPolicy.parse({ schema: 'https://certus.dev/trust-policy/v1', name: 'p', ...changes }),
    ),
  );
const withSchema = (json_schema: object) =>
  check({ required_statements: [{ predicate_type: 'https://example.org/v1', json_schema }] });

test('a policy that can be met is taken', () => {
  expect(check({})).toBe('accepted');
  expect(check({ required_kinds: ['secrets', 'sca'] })).toBe('accepted');
  expect(
    withSchema({
      type: 'object',
      $defs: { name: { type: 'string', pattern: '^[a-z]+$' } },
      properties: { name: { $ref: '#/$defs/name' }, uniqueItems: { const: { pattern: '(a+)+' } } },
    }),
  ).toBe('accepted');
});

test.each([
  ['a kind that no tool is of', { required_kinds: ['magic'] }],
  ['more signers than may sign', { signers: { keys: ['a'.repeat(32)], at_least: 2 } }],
])('%s can never be met', (_, changes) => {
  expect(check(changes)).toBe('policy_invalid');
});

describe('a schema is refused', () => {
  test.each([
    ['that goes in a circle', { $ref: '#' }],
    ['whose definitions name each other', { $defs: { a: { $ref: '#/$defs/b' }, b: {} } }],
    ['that names another document', { $ref: 'https://example.org/schema' }],
    ['that compares everything with everything', { items: { uniqueItems: true } }],
    ['that is too deep', [...Array(40)].reduce((inner) => ({ not: inner }), {})],
    ['that is too long', { enum: ['x'.repeat(70_000)] }],
    [
      'that is small and multiplies by its references',
      {
        $defs: { many: { allOf: Array.from({ length: 200 }, () => ({ type: 'number' })) } },
        items: { allOf: Array.from({ length: 200 }, () => ({ $ref: '#/$defs/many' })) },
      },
    ],
    ['that refers to what is not there', { $ref: '#/$defs/none' }],
    ...[
      '(a+)+$',
      '^(a|aa)+$',
      '.*.*x',
      '^a+b+c+$',
      'a+$',
      '^(?=a)b',
      '^(a)\\1',
      '[',
      '^a{2,}b*',
      '^a*|b',
    ].map((pattern): [string, object] => [`whose pattern could take for ever: ${pattern}`, { pattern }]),
  ])('%s', (_, schema) => {
    expect(withSchema(schema)).toBe('policy_invalid');
  });

  test.each(['^https://github\\.com/acme/.*$', '^[0-9a-f]{64}$', 'abc', '^v\\d+', '^(a|b)$'])(
    'and not for the pattern %s',
    (pattern) => {
      expect(withSchema({ pattern })).toBe('accepted');
    },
  );
});
