import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, rmSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { hashContent } from '../../../activities/scan/content-hash.ts';
import { findSecrets } from '../../../activities/scan/secrets-tool.ts';
import { temporaryFolder, write } from './sources.ts';

// put together here, so that this file itself holds nothing that a scanner would find
const KEY_ID = `AKIA${'Q3EGRWSOX5DTLQJ7'}`;
const TOKEN = `ghp_${'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'}`;
const folders: string[] = [];

function folderWith(files: Record<string, string | Buffer>): string {
  const folder = temporaryFolder('tree');
  folders.push(folder);
  write(folder, files);
  return folder;
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const quiet = () => undefined;
const found = async (files: Record<string, string | Buffer>) =>
  (await findSecrets(folderWith(files), quiet)).findings;
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
  expect(findings.map(({ location }) => location.path)).toEqual(['a/aws.env', 'b.txt']);
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
      expect(finding?.location.start_column).toBe(before + 1);
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
  const { binaryFiles, findings } = await findSecrets(folderWith({ 'a.bin': program, 'b.txt': 'x' }), quiet);
  expect(binaryFiles).toEqual(['a.bin']);
  expect(findings).toEqual([]);
});

test('an end is put to it soon after it is cancelled', async () => {
  const folder = folderWith({ 'a.txt': keyIds(20_000, ' '.repeat(100)) });
  const stop = new AbortController();
  let beats = 0;
  const search = findSecrets(
    folder,
    () => {
      beats += 1;
      stop.abort();
    },
    stop.signal,
  );
  await expect(search).rejects.toMatchObject({ name: 'AbortError' });
  expect(beats).toBe(1);
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
  ];
  test.each(pieces)('of one line of %j is searched within seconds', async (piece) => {
    const folder = folderWith({ 'a.js': piece.repeat(size / piece.length) });
    const started = performance.now();
    await findSecrets(folder, quiet);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  test('full of secrets never keeps the heartbeat waiting for long', async () => {
    const folder = folderWith({ 'a.js': keyIds(40_000, ' '.repeat(80)) });
    let last = performance.now();
    let longest = 0;
    const { findings } = await findSecrets(folder, () => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    });
    expect(findings).toHaveLength(40_000);
    expect(longest).toBeLessThan(5_000);
  });

  test('with more secrets than any source has ends the run: nothing is left out in silence', async () => {
    const folder = folderWith({
      'a.js': keyIds(30_000, ' '.repeat(80)),
      'b.js': keyIds(30_000, ' '.repeat(80)),
    });
    await expect(findSecrets(folder, quiet)).rejects.toMatchObject({ code: 'source_too_large' });
  });
});

describe('the content hash', () => {
  const hashOf = async (folder: string) => (await hashContent(folder)).contentHash;

  test('knows names, bytes and the executable bit, and nothing else', async () => {
    const base = await hashOf(folderWith({ 'a/b': 'x', c: 'y' }));
    expect(await hashOf(folderWith({ c: 'y', 'a/b': 'x' }))).toBe(base);
    expect(await hashOf(folderWith({ 'a/b': 'x', d: 'y' }))).not.toBe(base);
    expect(await hashOf(folderWith({ 'a/b': 'y', c: 'x' }))).not.toBe(base);
    const executable = folderWith({ 'a/b': 'x', c: 'y' });
    chmodSync(`${executable}/c`, 0o755);
    expect(await hashOf(executable)).not.toBe(base);
  });

  test('cannot be made the same by names that look like several files', async () => {
    const one = await hashOf(folderWith({ 'a - b': 'x' }));
    const two = await hashOf(folderWith({ a: 'x', b: 'x' }));
    expect(one).not.toBe(two);
  });

  test('counts files and bytes', async () => {
    expect(await hashContent(folderWith({ a: 'xx', 'b/c': 'yyy', 'b/d': '' }))).toMatchObject({
      files: 3,
      bytes: 5,
    });
  });
});
