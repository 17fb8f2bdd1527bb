import { describe, expect, test } from '@jest/globals';
import { MAX_SIGN_ITEMS, SignRequest } from '../../../contracts/signing.ts';
import { statement } from './signing-fixture.ts';

const accepted = (item: unknown, more: object = {}) =>
  SignRequest.safeParse({ items: [item], ...more }).success;
const withPredicate = (json: string) =>
  accepted({ statement: { ...statement(), predicate: JSON.parse(json) } });
const withDigest = (digest: object) =>
  accepted({ statement: { ...statement(), subject: [{ name: 'f', digest }] } });

describe('a request to sign', () => {
  test('is taken as it is', () => {
    expect(accepted({ statement: statement() })).toBe(true);
    expect(withPredicate('{"a":[1,2,{"b":9007199254740991,"c":1.5}]}')).toBe(true);
    expect(withDigest({ sha256: 'a'.repeat(64), gitCommit: 'b'.repeat(40) })).toBe(true);
  });

  test.each<[string, object]>([
    ['none', {}],
    ['one of another length', { sha256: 'a'.repeat(63) }],
    ['one in capitals', { sha256: 'A'.repeat(64) }],
    ['only one that few read', { sha512: 'a'.repeat(128) }],
    ['a second one of another length', { sha256: 'a'.repeat(64), sha512: 'a'.repeat(64) }],
  ])('has well-formed digests: not %s', (_, digest) => {
    expect(withDigest(digest)).toBe(false);
  });

  test.each([
    ['a number that readers round', '{"n":9007199254740993}'],
    ['a name that readers drop', '{"__proto__":{"a":1}}'],
    ['such a name further in', '{"a":[{"__proto__":1}]}'],
    ['more levels than a reader has stack', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['a list', '[]'],
    ['nothing', 'null'],
  ])('is refused when what would be signed is not what was sent: %s', (_, json) => {
    expect(withPredicate(json)).toBe(false);
  });

  test('has one to a hundred items, and no field that means nothing', () => {
    const item = { name: 'f', artifact: 'aGk=' };
    const many = (count: number) => SignRequest.safeParse({ items: Array(count).fill(item) }).success;
    expect([many(0), many(1), many(MAX_SIGN_ITEMS), many(MAX_SIGN_ITEMS + 1)]).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(accepted({ ...item, verified: true })).toBe(false);
    expect(accepted(item, { tenant: 'globex' })).toBe(false);
  });

  test('names files without control characters', () => {
    expect(accepted({ name: 'a\u001b[31m', artifact: 'aGk=' })).toBe(false);
    expect(accepted({ name: 'größe.txt', artifact: 'aGk=' })).toBe(true);
  });
});
