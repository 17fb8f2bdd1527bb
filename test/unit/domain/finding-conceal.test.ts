import { describe, expect, test } from '@jest/globals';
import { concealed, hideKnownForms } from '../../../domain/finding/reading/conceal.ts';
import { aDraft, at } from './finding-examples.ts';

describe('the secret that a tool repeats is hidden wherever it repeats it', () => {
  test('in the message and the path, when it stands between quotes in the line', () => {
    const draft = concealed(
      aDraft({
        kind: 'secret',
        snippet: 'password = "swordfish"',
        message: 'found swordfish',
        title: 'swordfish!',
        location: at('keys/swordfish.txt', 1),
        fix: 'remove swordfish',
      }),
    );
    expect(JSON.stringify(draft)).not.toContain('swordfish');
    expect(draft.snippet).toBe('password = "*********"');
    expect(draft.location?.path).toBe('keys/*********.txt');
  });

  test('all of the line, when nothing in it says which part is the secret', () => {
    expect(concealed(aDraft({ kind: 'secret', snippet: '  user:swordfish' })).snippet).toBe(
      '  **************',
    );
  });

  test('also when the report names it besides', () => {
    expect(concealed(aDraft({ message: 'is swordfish' }), ['swordfish']).message).toBe('is *********');
  });

  test('but the line of a finding that is no secret stays readable', () => {
    expect(concealed(aDraft({ snippet: 'query("select " + name)' })).snippet).toBe('query("select " + name)');
  });
});

describe('what looks like a key is hidden in every finding', () => {
  test.each([
    ['key = AKIAQ3EGRWSOX5DTLQJ7;', 'key = ********************;'],
    ['ghp_0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1wX', '*'.repeat(40)],
    ['postgres://shop:hunter22@db/x', 'postgres://shop:********@db/x'],
    ["Possible hardcoded password: 'hunter22'", "Possible hardcoded password: '********'"],
    ['api_key: "hunter22"', 'api_key: "********"'],
    ['const password = readPassword()', 'const password = readPassword()'],
    ['https://shop.example:443/a@b', 'https://shop.example:443/a@b'],
  ])('%j', (text, shown) => {
    expect(hideKnownForms(text)).toBe(shown);
  });

  test('and a private key to its end, or to the end of the text', () => {
    expect(hideKnownForms('-----BEGIN RSA PRIVATE KEY-----\nMIIE')).toMatch(/^[*\s]+$/);
    expect(hideKnownForms('-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\nrest')).toMatch(
      /^[*\s]+rest$/,
    );
  });

  test('also one that the limit of the text would cut in two', () => {
    const draft = concealed(
      aDraft({ message: `${'x'.repeat(3990)} ghp_0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1wX` }),
    );
    expect(draft.message).toHaveLength(4000);
    expect(draft.message).not.toContain('ghp_');
  });
});

test('a hostile text costs no more than its length', () => {
  const started = performance.now();
  for (const piece of [
    'password',
    'password-',
    '://a:',
    '-----BEGIN PRIVATE KEY-----',
    'eyJaaaaaaaaaaa.',
    '"',
    "secret = '",
  ])
    hideKnownForms(piece.repeat(200_000 / piece.length));
  expect(performance.now() - started).toBeLessThan(5_000);
});
