import { describe, expect, test } from '@jest/globals';
import { concealed, hideKnownForms } from '../../../domain/finding/reading/conceal.ts';
import { processorTimeOf } from '../processor-time.ts';
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
    [`hf_${'aB3x'.repeat(8)}aB`, '*'.repeat(37)],
    ['postgres://u:p4/ss@host/x', 'postgres://u:*****@host/x'],
    ['postgres://u:12/ss@host/x', 'postgres://u:*****@host/x'],
    ['mysql://u:p@s/s@host "a@b"', 'mysql://u:*****@host "a@b"'],
    ['http://me@corp:p4ss@host/x', 'http://me@corp:****@host/x'],
    ['{"password": "correct"}', '{"password": "*******"}'],
    [String.raw`{\"password\": \"correct\"}`, String.raw`{\"password\": \"********"}`],
  ])('%j', (text, shown) => {
    expect(hideKnownForms(text)).toBe(shown);
  });

  test.each([
    'Authorization: Bearer abcdefgh',
    'authorization: basic dXNlcjpwYXNz',
    '{"Authorization": "Token abcdefgh"}',
    'curl -H "Authorization: opaque-123456"',
    'sent Bearer abcdefgh12345678 to it',
    'password: correcthorse',
    'password=unquotedSecret1',
    'PGPASSWORD=123456789',
    'DB_PASS=hunter22',
    'export GITHUB_TOKEN=abcdefgh',
    '?access_token=abcdefgh&page=2',
    '"secret": abcdefgh,',
    'aws_secret_access_key = abcdefgh/abc',
    'X-Api-Key: abcdefgh',
    'private_key => abcdefgh',
    'passwd:none-of-your-business',
    'pwd := $trong!23',
    'token=self.x,token=abcdefgh',
    'first: password=read(token=abcdefgh)',
  ])('also without quotes: %s', (text) => {
    const shown = hideKnownForms(text);
    expect(shown).toHaveLength(text.length);
    expect(shown).toContain('****');
    expect(shown).not.toMatch(/abcdefgh|dXNl|opaque|correcthorse|unquoted|1234|hunter22|business|trong/);
  });

  test.each([
    'password: ',
    'password:\nuser: somebody',
    'token_count=5',
    'tokens: 1234567',
    'token: 123456',
    'src/token:12:5: bad',
    'password_policy: strict',
    'password: string;',
    'token = null',
    'secret: Optional[str] = None',
    'if token == expected',
    'Token::new',
    'const token = os.environ["NAME"]',
    'password = self.password',
    ['api_key=$', '{API_KEY}'].join(''),
    'api_key: {{ .Values.key }}',
    'Unexpected token: identifier',
    'Authorization: Bearer',
    'it uses basic authentication',
    'Bearer authentication-needed',
    'a secret: found.',
    'see postgres://db:5432/shop and a@b',
    'hf_hub_download(name)',
  ])('and nothing of what is none: %s', (text) => {
    expect(hideKnownForms(text)).toBe(text);
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

test('a hostile text costs no more than its length', async () => {
  const pieces = [
    'password',
    'password-',
    '://a:',
    '-----BEGIN PRIVATE KEY-----',
    'eyJaaaaaaaaaaa.',
    '"',
    "secret = '",
    'password=',
    'token: ',
    'token:        ',
    'secret = a.',
    'secret = aaaaaaaaa',
    'secret=${',
    'authorization: ',
    'authorization: basic ',
    'basic aaaaaaaaaaaaaa ',
    'basic ',
    'https://a',
    'https://a:1',
    '@',
  ];
  const spent = await processorTimeOf(() => {
    for (const piece of pieces) hideKnownForms(piece.repeat(200_000 / piece.length));
  });
  expect(spent).toBeLessThan(5_000);
});
