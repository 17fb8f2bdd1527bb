import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execute } from '../../../cli/main.ts';

const RESULT = {
  ruleId: 'R',
  level: 'error',
  message: { text: 'm\u001b[2J' },
  locations: [
    { physicalLocation: { artifactLocation: { uri: 'file:///build/a.py' }, region: { startLine: 3 } } },
  ],
  suppressions: [{ kind: 'inSource' }],
};
const LOG = { version: '2.1.0', runs: [{ tool: { driver: { name: 'T' } }, results: [RESULT] }] };
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'certus-sarif-'));
  await writeFile(join(folder, 'good.sarif'), JSON.stringify(LOG));
  await writeFile(join(folder, 'packed.sarif.gz'), gzipSync(JSON.stringify(LOG)));
  await writeFile(join(folder, 'bad.sarif'), '{');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Without any server, and with no settings that could lead to one. */
async function certus(...words: string[]) {
  let stdout = '';
  let stderr = '';
  const exitCode = await execute(words, {
    environment: {},
    workingDirectory: folder,
    checkout: folder,
    stdout: { write: (text: string) => (stdout += text) } as unknown as NodeJS.WriteStream,
    stderr: { write: (text: string) => (stderr += text) } as unknown as NodeJS.WriteStream,
  });
  return { exitCode, stdout, stderr };
}

test('one file is one document', async () => {
  const { exitCode, stdout } = await certus(
    'sarif',
    'normalize',
    'good.sarif',
    '-o',
    'json',
    '--root',
    '/build',
  );
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    file: 'good.sarif',
    findings: [
      {
        tool: 'T',
        rule: 'R',
        severity: 'high',
        path: 'a.py',
        start_line: 3,
        fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
        suppressed: true,
        suppression: { kind: 'in_source', justification: null },
        message: 'm\ufffd[2J',
      },
    ],
    problems: [],
  });
});

test('several files are one document a line, and one that cannot be read fails the command', async () => {
  const files = ['good.sarif', 'bad.sarif', 'none.sarif', 'packed.sarif.gz'];
  const { exitCode, stdout } = await certus('sarif', 'normalize', ...files, '-o', 'json');
  expect(exitCode).toBe(65);
  const documents = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(documents.map(({ file, findings, problems }) => [file, findings.length, problems[0]?.code])).toEqual(
    [
      ['good.sarif', 1, undefined],
      ['bad.sarif', 0, 'not_json'],
      ['none.sarif', 0, 'file_not_found'],
      ['packed.sarif.gz', 1, undefined],
    ],
  );
});

test('for a person it is a table, with nothing in it that steers the terminal', async () => {
  const { exitCode, stdout, stderr } = await certus('sarif', 'normalize', 'good.sarif', 'bad.sarif');
  expect(exitCode).toBe(65);
  expect(stdout).toContain('high (suppressed)\tT\tR\t/build/a.py:3\t');
  expect(stdout).not.toContain('\u001b');
  expect(stderr).toContain('bad.sarif: not_json');
});
