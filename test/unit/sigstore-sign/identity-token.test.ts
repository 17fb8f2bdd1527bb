import { describe, expect, test } from '@jest/globals';
import { readIdentityToken } from '../../../services/sigstore/identity-token.ts';

const NOW = new Date('2026-06-01T00:00:00Z');
const token = (claims: unknown) =>
  ['{"alg":"RS256"}', JSON.stringify(claims), 'signature']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');
const iss = 'https://issuer.example.org';
const read = (claims: unknown) => readIdentityToken(token(claims), NOW);

describe('a token names', () => {
  test('a person by the verified address, and by nothing else', () => {
    for (const email_verified of [true, 'true'])
      expect(read({ iss, sub: '42', email: 'a@example.org', email_verified })).toMatchObject({
        challenge: 'a@example.org',
        identities: ['a@example.org'],
        issuers: [iss],
      });
  });

  test('a workflow by where it is written down', () => {
    const sub = 'repo:acme/shop:ref:refs/heads/main';
    expect(
      read({ iss, sub, job_workflow_ref: 'acme/shop/.github/workflows/r.yml@refs/heads/main' }),
    ).toMatchObject({
      challenge: sub,
      identities: ['https://github.com/acme/shop/.github/workflows/r.yml@refs/heads/main', sub],
    });
    expect(
      read({ iss, sub, ci_config_ref_uri: 'gitlab.com/a//.gitlab-ci.yml@refs/heads/main' }).identities,
    ).toContain('https://gitlab.com/a//.gitlab-ci.yml@refs/heads/main');
  });

  test('behind a broker the provider too', () => {
    const federated_claims = { connector_id: 'https://accounts.example.org' };
    expect(read({ iss, sub: '1', federated_claims }).issuers).toEqual([iss, 'https://accounts.example.org']);
  });
});

test.each([
  ['no claims', 'null'],
  ['claims that are no object', '"x"'],
  ['nobody', JSON.stringify({ iss })],
  ['no issuer', JSON.stringify({ sub: '1' })],
  ['an address that nobody verified', JSON.stringify({ iss, sub: '1', email: 'a@example.org' })],
  [
    'an address that is said not to be verified',
    JSON.stringify({ iss, email: 'a@b.c', email_verified: 'false' }),
  ],
  ['an end that is past', JSON.stringify({ iss, sub: '1', exp: NOW.getTime() / 1000 })],
  ['broken claims', '{'],
])('a token with %s is refused', (_, claims) => {
  const raw = `e30.${Buffer.from(claims).toString('base64url')}.c2ln`;
  expect(() => readIdentityToken(raw, NOW)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
});

test.each(['', 'a.b', 'a.b.c.d', 'a b.c.d', `e30.${'a'.repeat(40_000)}.c2ln`, 'e30.e30.c2ln\r\nx: y'])(
  'what has not the form of a token is refused, and not repeated (%#)',
  (raw) => {
    const read = () => readIdentityToken(raw, NOW);
    expect(read).toThrow(expect.objectContaining({ code: 'invalid_request' }));
    expect(read).toThrow('The identity token is no OpenID Connect token.');
  },
);
