import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { TokenHolders, tokenAuthenticator } from '../../../api/authentication.ts';

const LOCAL = 'l'.repeat(40);
const digest = (token: string) => createHash('sha256').update(token).digest('hex');
const ALICE = {
  subject: 'alice',
  tenant: 'default',
  roles: ['reviewer' as const],
  token_sha256: digest('a'.repeat(40)),
};
const BOB = { ...ALICE, subject: 'bob', roles: [], token_sha256: digest('b'.repeat(40)) };

describe('who somebody is', () => {
  const who = tokenAuthenticator(LOCAL, [ALICE, BOB]);

  test.each([
    [LOCAL, { tenant: 'default', subject: 'local', roles: ['admin', 'reviewer'] }],
    ['a'.repeat(40), { tenant: 'default', subject: 'alice', roles: ['reviewer'] }],
    ['b'.repeat(40), { tenant: 'default', subject: 'bob', roles: [] }],
    ['c'.repeat(40), undefined],
    // what stands in the file is no token
    [ALICE.token_sha256, undefined],
  ])('is told by the token: %s', async (token, principal) => {
    expect(await who.authenticate(`Bearer ${token}`)).toEqual(principal);
  });

  test('nobody is anybody without a token', async () => {
    expect(await who.authenticate(undefined)).toBeUndefined();
    expect(await who.authenticate('Basic YWxpY2U6')).toBeUndefined();
  });
});

describe('the file of tokens', () => {
  const accepted = (...tokens: object[]) => TokenHolders.safeParse({ tokens }).success;

  test('names each person and each token once', () => {
    expect(accepted(ALICE, BOB)).toBe(true);
    expect(accepted(ALICE, { ...BOB, subject: 'alice' })).toBe(false);
    expect(accepted(ALICE, { ...BOB, token_sha256: ALICE.token_sha256 })).toBe(false);
    expect(accepted({ ...ALICE, subject: 'local' })).toBe(false);
  });

  test('takes no token itself, and no role that nobody knows', () => {
    expect(accepted({ ...ALICE, token_sha256: 'a'.repeat(40) })).toBe(false);
    expect(accepted({ ...ALICE, roles: ['root'] })).toBe(false);
  });
});
