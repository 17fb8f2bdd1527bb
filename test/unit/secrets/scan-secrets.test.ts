import { generateKeyPairSync } from 'node:crypto';
import { afterEach, describe, expect, test } from '@jest/globals';
import { scanSecrets } from '../../../activities/scan/built-in/secrets.ts';
import { processorTimeOf } from '../processor-time.ts';
import { builtInContexts } from '../scan/built-in-context.ts';

// put together here, so that this file itself holds nothing that a scanner would find
const KEY_ID = `AKIA${'Q3EGRWSOX5DTLQJ7'}`;
const TOKEN = `ghp_${'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'}`;
const { contextWith, removeContexts } = builtInContexts();
afterEach(removeContexts);

const found = async (files: Record<string, string | Buffer>) =>
  (await scanSecrets(contextWith(files))).drafts;
const keyIds = (count: number, filler = ''): string =>
  Array.from({ length: count }, (_, at) => {
    const digits = at
      .toString(32)
      .toUpperCase()
      .replace(/[0189]/g, (digit) => 'WXYZ'['0189'.indexOf(digit)] ?? '');
    return `id = "AKIA${digits.padStart(16, 'Q')}"${filler}`;
  }).join('\n');

test('finds what is there, file by file', async () => {
  const findings = await found({
    'a/aws.env': `id=${KEY_ID}\n`,
    'b.txt': `token: ${TOKEN}`,
    'c.txt': 'nothing',
  });
  expect(findings.map(({ location }) => location?.path)).toEqual(['a/aws.env', 'b.txt']);
  expect(JSON.stringify(findings)).not.toMatch(new RegExp(`${KEY_ID}|${TOKEN}`));
});

describe('nothing in a file can hide its secrets', () => {
  test.each([
    ['the whole file', `// secretlint-disable\nid = "${KEY_ID}"`],
    ['the whole file in another language', `# secretlint-disable\nid = "${KEY_ID}"`],
    ['the whole file in a block', `/* secretlint-disable */\nid = "${KEY_ID}"`],
    ['its line', `id = "${KEY_ID}" // secretlint-disable-line`],
    ['the next line', `// secretlint-disable-next-line\nid = "${KEY_ID}"`],
    ['a rule', `// secretlint-disable @secretlint/secretlint-rule-aws -- why\nid = "${KEY_ID}"`],
  ])('not a comment that switches the linter off for %s', async (_, content) => {
    expect(await found({ 'a.js': content })).toHaveLength(1);
  });

  test.each(['.secretlintignore', '.secretlintrc.json', '.gitignore'])(
    'not a file called %s',
    async (name) => {
      expect(await found({ [name]: '{"rules": []}\n*', 'a.js': `id = "${KEY_ID}"` })).toHaveLength(1);
    },
  );

  test.each(['package-lock.json', 'a.min.js', 'README.md', 'test/fixtures/x.txt', 'node_modules/x/a.js'])(
    'not its name: %s',
    async (path) => {
      expect(await found({ [path]: `id = "${KEY_ID}"` })).toHaveLength(1);
    },
  );

  test('not its distance from the start', async () => {
    for (const before of [256 * 1024 - 10, 256 * 1024, 288 * 1024 - 10, 900_000]) {
      const [finding, ...more] = await found({ 'a.txt': `${' '.repeat(before)}${KEY_ID} ` });
      expect(finding?.location?.start_column).toBe(before + 1);
      expect(more).toEqual([]);
    }
  });

  test('not a key of many lines across the place where the search is cut', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = privateKey.export({ type: 'pkcs1', format: 'pem' });
    const findings = await found({ id_rsa: `${'\n'.repeat(256 * 1024 - 500)}${key}\n` });
    expect(findings.map(({ rule, severity }) => [rule, severity])).toEqual([['PrivateKey', 'critical']]);
  });
});

describe('no encoding of a text hides its secrets', () => {
  const line = `NAME=Zoë\nAWS_ID=${KEY_ID}\n`;
  const wide = Buffer.from(line, 'utf16le');
  const mark = Buffer.from([0xff, 0xfe]);
  test.each([
    ['a NUL at the start', Buffer.from(`\0${line}`)],
    ['a NUL at the end', Buffer.from(`${line}\0`)],
    ['NULs between entries', Buffer.from(line.replaceAll('\n', '\0'))],
    ['NULs in front of all', Buffer.concat([Buffer.alloc(10_000), Buffer.from(line)])],
    ['a NUL and bytes that are no UTF-8', Buffer.concat([Buffer.from([0, 0xe9, 0xff]), Buffer.from(line)])],
    ['UTF-16 as PowerShell writes it', Buffer.concat([mark, wide])],
    ['UTF-16 in the other order', Buffer.concat([mark, wide]).swap16()],
    ['UTF-16 without a mark', wide],
    ['UTF-16 without a mark in the other order', Buffer.from(wide).swap16()],
    [
      'UTF-16 with more of another script',
      Buffer.concat([mark, Buffer.from(`${'Ж'.repeat(500)}\n${line}`, 'utf16le')]),
    ],
    ['the mark of UTF-16 before plain text', Buffer.concat([mark, Buffer.from(line)])],
    ['a name that programs begin with', Buffer.concat([Buffer.from('\x7fELF\0'), Buffer.from(line)])],
  ])('%s', async (_, content) => {
    const findings = await found({ '.env': content });
    expect(findings.map(({ rule }) => rule)).toEqual(['AWSAccessKeyID']);
    expect(JSON.stringify(findings)).not.toContain(KEY_ID);
  });

  test('and UTF-16 tells the line and column that an editor shows', async () => {
    const [finding] = await found({ '.env': Buffer.concat([mark, wide]) });
    expect(finding?.location).toMatchObject({ start_line: 2, start_column: 8 });
    expect(finding?.snippet).toBe(`AWS_ID=${'*'.repeat(20)}`);
  });
});

test('a binary file is named and not searched', async () => {
  const program = Buffer.concat([
    Buffer.from(Array.from({ length: 512 }, (_, at) => at % 256)),
    Buffer.from(KEY_ID),
  ]);
  const { notices, drafts } = await scanSecrets(contextWith({ 'a.bin': program, 'b.txt': 'x' }));
  expect(notices).toEqual([{ code: 'binary', message: 'not scanned: it is not text', path: 'a.bin' }]);
  expect(drafts).toEqual([]);
});

test('what the manifest leaves out is named and not searched', async () => {
  const context = contextWith({ 'a/b.txt': KEY_ID, 'c.txt': KEY_ID });
  const { notices, drafts } = await scanSecrets({ ...context, config: { exclude: ['a/'] } });
  expect(notices).toEqual([
    { code: 'excluded', message: 'not scanned: the manifest leaves it out', path: 'a/b.txt' },
  ]);
  expect(drafts.map(({ location }) => location?.path)).toEqual(['c.txt']);
});

describe('a hostile file of the largest size', () => {
  const size = 5 * 1024 * 1024;
  const pieces = [
    'x',
    '\0',
    ' ',
    '/',
    'a.',
    'a:',
    'https://',
    'postgres://a:',
    'mongodb://u:p@',
    'aws_secret_access_key=',
    '-----BEGIN RSA PRIVATE KEY-----',
    'eyJ',
    'xoxb-1',
    'client_secret=',
    'password=',
    'token_',
    'token: ',
    'Private-Lines: 1 ',
    '-----BEGIN PGP PRIVATE KEY BLOCK-----\n',
    'curl ',
    'curl -u a',
    'machine a login ',
    '"auth":"AA',
    'authorization: bearer ',
    'AccountKey=',
    ';pwd="aaaaaa;',
    'password="a/a/a/',
    'eyJaaaaaaaaaaaa.',
    'glrt-',
    '1:AA',
    '&sig=',
  ];
  test.each(pieces)('of one line of %j is searched within seconds', async (piece) => {
    const context = contextWith({
      'a.js': piece.repeat(size / piece.length),
      '.env': piece.repeat(size / piece.length),
    });
    expect(await processorTimeOf(() => scanSecrets(context))).toBeLessThan(10_000);
  });

  test('full of secrets is told whole', async () => {
    expect(await found({ 'a.js': keyIds(40_000, ' '.repeat(80)) })).toHaveLength(40_000);
  });

  test('with more secrets than any source has ends the run: nothing is left out in silence', async () => {
    const context = contextWith({
      'a.js': keyIds(30_000, ' '.repeat(80)),
      'b.js': keyIds(30_000, ' '.repeat(80)),
    });
    await expect(scanSecrets(context)).rejects.toMatchObject({ code: 'source_too_large' });
  });
});
