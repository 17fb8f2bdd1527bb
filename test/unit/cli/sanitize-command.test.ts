import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execute } from '../../../cli/main.ts';
import { CARD, EMAIL, PHONE } from '../sanitize/pieces.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'certus-sanitize-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Ran = {
  readonly code: number | null;
  readonly stdout: string;
  readonly bytes: Buffer;
  readonly stderr: string;
};

/** Without any server, and with no settings that could lead to one. */
async function sanitize(input: string | Buffer, ...words: string[]): Promise<Ran> {
  const chunks: Buffer[] = [];
  let stderr = '';
  const stdout = new Writable({
    write: (chunk: Buffer, _, done) => {
      chunks.push(chunk);
      done();
    },
  });
  const code = await execute(['sanitize', ...words], {
    environment: {},
    workingDirectory: folder,
    checkout: folder,
    stdin: Readable.from([Buffer.from(input)], { objectMode: true }),
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: { write: (text: string) => (stderr += text) } as unknown as NodeJS.WriteStream,
  });
  const bytes = Buffer.concat(chunks);
  return { code, stdout: bytes.toString(), bytes, stderr };
}

/** The real process, with pipes. */
async function inProcess(script: string): Promise<Ran> {
  const child = spawn('sh', ['-c', script, process.execPath, resolve('cli/certus.mjs')], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '' },
  });
  const code = new Promise<number | null>((done) => child.on('close', done));
  const [bytes, stderr] = await Promise.all([buffer(child.stdout), buffer(child.stderr)]);
  return { code: await code, stdout: bytes.toString(), bytes, stderr: stderr.toString() };
}

const lines = ({ stdout }: Ran) =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

describe('certus sanitize', () => {
  test('filters what comes in, and says nothing of it elsewhere', async () => {
    const ran = await sanitize(`Write to ${EMAIL}\nor call ${PHONE}\n`, '--report', 'report.json', '--check');
    expect(ran).toMatchObject({
      code: 2,
      stdout: 'Write to [EMAIL_ADDRESS]\nor call [PHONE_NUMBER]\n',
      stderr: '',
    });
    const report = readFileSync(join(folder, 'report.json'), 'utf8');
    expect(JSON.parse(report)).toMatchObject({ found: 2, counts: { EMAIL_ADDRESS: 1, PHONE_NUMBER: 1 } });
    expect(report).not.toContain('moreno');
    expect(await sanitize('nothing personal\n', '--check')).toMatchObject({
      code: 0,
      stdout: 'nothing personal\n',
    });
    expect(await sanitize('')).toMatchObject({ code: 0, stdout: '' });
  });

  test('treats kinds as it is told', async () => {
    writeFileSync(join(folder, 'allow'), `EMAIL_ADDRESS\t${EMAIL}\n`);
    const custom = [{ type: 'CUSTOMER', pattern: 'K-[0-9]{6}' }];
    const rules = { schema: 'https://certus.dev/privacy-policy/v1', name: 'own', custom };
    writeFileSync(join(folder, 'rules.json'), JSON.stringify(rules));
    const text = `${EMAIL} ${CARD} call ${PHONE} K-123456`;
    const out = async (...words: string[]) => (await sanitize(text, ...words)).stdout;
    expect(await out('--operator', 'redact', '--operator-for', 'CREDIT_CARD=mask')).toBe(
      ' [CREDIT_CARD] call  K-123456',
    );
    expect(await out('--kinds', 'EMAIL_ADDRESS')).toBe(`[EMAIL_ADDRESS] ${CARD} call ${PHONE} K-123456`);
    expect(await out('--allow', 'allow', '--rules', 'rules.json')).toBe(
      `${EMAIL} [CREDIT_CARD] call [PHONE_NUMBER] [CUSTOMER]`,
    );
    expect(await out('--min-confidence', '1')).toBe(text);
  });

  test.each([
    [['--operator', 'shred'], 64, 'usage'],
    [['--kinds', 'EMAIL'], 64, 'EMAIL_ADDRESS'],
    [['--operator-for', 'PERSON'], 64, 'KIND=OPERATOR'],
    [['--operator', 'hash'], 64, '--key'],
    [['--restore'], 64, '--key'],
    [['--min-confidence', '2'], 64, 'from 0 to 1'],
    [['--rules', 'none.json'], 66, 'none.json'],
  ])('refuses %j', async (words, code, said) => {
    const ran = await sanitize(EMAIL, ...words);
    expect(ran).toMatchObject({ code, stdout: '' });
    expect(ran.stderr).toContain(said);
  });

  test('makes a key for its owner alone, and never over another', async () => {
    expect(await sanitize('', '--new-key', 'key')).toMatchObject({ code: 0, stdout: '' });
    expect(statSync(join(folder, 'key')).mode & 0o777).toBe(0o600);
    const before = readFileSync(join(folder, 'key'), 'utf8');
    expect(await sanitize('', '--new-key', 'key')).toMatchObject({ code: 64 });
    expect(readFileSync(join(folder, 'key'), 'utf8')).toBe(before);
  });

  test('pseudonymises, and puts back', async () => {
    await sanitize('', '--new-key', 'own');
    const text = `${EMAIL} ${EMAIL.toUpperCase()}\r\nGrüße 😀 ${PHONE}`;
    const { stdout } = await sanitize(text, '--operator', 'pseudonymise', '--key', 'own');
    expect(stdout).not.toMatch(/moreno|901820/i);
    const [first, second] = stdout.match(/EMAIL_ADDRESS_[a-z2-7]+/g) ?? [];
    expect(first).toBe(second);
    expect(await sanitize(stdout, '--restore', '--key', 'own')).toMatchObject({
      code: 0,
      stdout: text,
      stderr: '',
    });
    const other = await sanitize(stdout, '--restore', '--key', 'own', '--tenant', 'other');
    expect(other).toMatchObject({ code: 0, stdout });
    expect(other.stderr).toContain('3 are no pseudonyms');
  });

  test('uses no key that others can read, and quotes none', async () => {
    writeFileSync(join(folder, 'open'), 'certus-sanitize-key-1:c2VjcmV0', { mode: 0o644 });
    chmodSync(join(folder, 'open'), 0o644);
    expect(await sanitize('', '--restore', '--key', 'open')).toMatchObject({ code: 65 });
    chmodSync(join(folder, 'open'), 0o600);
    const { code, stderr } = await sanitize('', '--restore', '--key', 'open');
    expect(code).toBe(70);
    expect(stderr).not.toContain('c2VjcmV0');
  });

  test('reads other encodings, and leaves what it does not replace as it was', async () => {
    const wide = Buffer.from(`\ufeffPatient: Zoë Müller, ${EMAIL}`, 'utf16le');
    const { bytes } = await sanitize(wide);
    expect(bytes.equals(Buffer.from('\ufeffPatient: [PERSON], [EMAIL_ADDRESS]', 'utf16le'))).toBe(true);
    const latin = Buffer.from(`Stra\xdfe \xff ${EMAIL}\n`, 'latin1');
    expect(
      (await sanitize(latin)).bytes.equals(Buffer.from('Stra\xdfe \xff [EMAIL_ADDRESS]\n', 'latin1')),
    ).toBe(true);
  });

  test('keeps a format what it is', async () => {
    const json = JSON.stringify({ a: `call ${PHONE}`, n: [1, CARD] });
    const { stdout } = await sanitize(json, '--format', 'json');
    expect(JSON.parse(stdout)).toEqual({ a: 'call [PHONE_NUMBER]', n: [1, '[CREDIT_CARD]'] });
    expect(await sanitize('{', '--format', 'json')).toMatchObject({ code: 65, stdout: '' });
  });

  test('is content when nobody reads on', async () => {
    const ran = await inProcess(`yes 'Write to ${EMAIL}' | "$0" "$1" sanitize | head -n 1`);
    expect(ran.stdout).toBe('Write to [EMAIL_ADDRESS]\n');
    expect(ran.stderr).not.toContain('certus:');
  });

  test('is a process between two pipes, whose exit code tells', async () => {
    const many = `i=0; while [ $i -lt 40000 ]; do echo 'Write to ${EMAIL}, please'; i=$((i+1)); done`;
    const ran = await inProcess(`{ ${many}; } | "$0" "$1" sanitize --check`);
    expect(ran).toMatchObject({ code: 2, stderr: '' });
    expect(ran.stdout).toBe('Write to [EMAIL_ADDRESS], please\n'.repeat(40_000));
    expect(await inProcess('echo no | "$0" "$1" sanitize --detect --jsonl')).toMatchObject({ code: 65 });
  });
});

describe('certus sanitize --detect', () => {
  test('tells kinds and places, in code points', async () => {
    const ran = await sanitize(`😀 ${EMAIL} 😀 ${PHONE}\n`, '--detect');
    expect(lines(ran)).toMatchObject([
      { type: 'EMAIL_ADDRESS', start: 2, end: 2 + EMAIL.length },
      { type: 'PHONE_NUMBER', start: 5 + EMAIL.length, end: 5 + EMAIL.length + PHONE.length },
    ]);
  });

  test('answers each line with a line, and goes on after bad ones', async () => {
    const given = [
      JSON.stringify({ id: 'a', text: `😀 ${EMAIL}` }),
      'no JSON',
      JSON.stringify({ id: 7, text: 7 }),
      '',
      JSON.stringify([1]),
      JSON.stringify({ id: 2, text: 'nothing', more: true }),
    ].join('\n');
    const bad = Buffer.concat([
      Buffer.from(`${given}\n{"id":3,"text":"`),
      Buffer.of(0xff),
      Buffer.from('"}\n'),
    ]);
    const ran = await sanitize(bad, '--detect', '--jsonl');
    expect(ran.code).toBe(65);
    expect(lines(ran)).toEqual([
      {
        id: 'a',
        spans: [{ type: 'EMAIL_ADDRESS', start: 2, end: 2 + EMAIL.length, score: expect.any(Number) }],
      },
      { id: null, error: { code: 'malformed_json', message: expect.any(String) } },
      { id: 7, error: { code: 'invalid_request', message: expect.any(String) } },
      { id: null, error: { code: 'invalid_request', message: expect.any(String) } },
      { id: 2, spans: [] },
      { id: null, error: { code: 'malformed_json', message: expect.any(String) } },
    ]);
    expect(ran.stdout).not.toContain('moreno');
  });

  test('reads a line of ten million letters', async () => {
    const text = `${'a row of words, '.repeat(650_000)}${EMAIL}`;
    const ran = await sanitize(`${JSON.stringify({ id: 1, text })}\n`, '--detect', '--jsonl');
    expect(lines(ran)).toMatchObject([
      { id: 1, spans: [{ start: text.length - EMAIL.length, end: text.length }] },
    ]);
  });

  test('without it gives the texts back', async () => {
    const ran = await sanitize(`${JSON.stringify({ id: 1, text: EMAIL })}\n`, '--jsonl');
    expect(lines(ran)).toEqual([{ id: 1, text: '[EMAIL_ADDRESS]', counts: { EMAIL_ADDRESS: 1 } }]);
  });
});

test('nothing is written where it was not asked for', () => {
  expect(existsSync(join(folder, '.certus'))).toBe(false);
});
