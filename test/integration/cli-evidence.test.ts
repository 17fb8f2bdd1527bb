// needs: postgres, temporal
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { BUNDLE } from '../../contracts/bundle.ts';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import { rawPrefix } from '../../contracts/object-keys.ts';
import type { NewScanEvent } from '../../contracts/scan-event.ts';
import { openScan, updateScan } from '../../services/database/scans.ts';
import { openObjectStore } from '../../services/objects/open-objects.ts';
import { type Api, startApi, TOKEN } from './api-harness.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'certus-cli-evidence-')));
const workspace = `cli-${randomBytes(4).toString('hex')}`;
const scope = { tenant: 'default', workspace };
const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');
const REPORT = randomBytes(200_000);
let api: Api;
let testId: string;

beforeAll(async () => {
  const store = await openObjectStore(join(folder, 'objects'), { region: 'us-east-1' });
  api = await startApi({ store });
  testId = await newScan();
  const raw = await store.bucket('raw');
  const prefix = rawPrefix(scope, testId);
  const files = [
    {
      path: 'reports/sast/a.bin',
      sha256: sha256(REPORT),
      size: REPORT.length,
      media_type: 'application/x-report',
    },
  ];
  await raw.put(`${prefix}reports/sast/a.bin`, REPORT, { contentType: 'application/x-report' });
  const index = Buffer.from(
    canonicalJson({
      schema: 'https://certus.dev/bundle/v1',
      tenant: scope.tenant,
      workspace_id: workspace,
      component_id: 'payments',
      assessment_id: 'default',
      test_id: testId,
      files,
    }),
  );
  await raw.put(`${prefix}${BUNDLE.index}`, index, { contentType: 'application/json' });
  const changes = { bundleDigest: sha256(index), artifacts: { report: 'reports/sast/a.bin' } };
  await updateScan(api.deps.database, scope, testId, changes);
});
afterAll(async () => {
  await api.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function newScan(): Promise<string> {
  const id = `test_${randomBytes(12).toString('hex')}`;
  await openScan(api.deps.database, scope, {
    testId: id,
    component: 'payments',
    assessment: 'default',
    source: { type: 'directory', path: '/srv/shop' },
    requestedBy: null,
    profile: 'light',
    manifestDigest: null,
    request: null,
    workflowId: `scan/${workspace}/payments/${id}`,
    createdAt: new Date(),
  });
  return id;
}

type Ran = { readonly code: number | null; readonly stdout: Buffer; readonly stderr: string };
function certus(words: readonly string[], address = `http://127.0.0.1:${api.port}`) {
  const child = spawn(process.execPath, [resolve('cli/certus.mjs'), ...words, '--workspace', workspace], {
    cwd: folder,
    env: { PATH: process.env.PATH, CERTUS_HOME: folder, CERTUS_API_URL: address, CERTUS_TOKEN: TOKEN },
  });
  const { promise, resolve: done, reject } = Promise.withResolvers<Ran>();
  const stdout: Buffer[] = [];
  let stderr = '';
  const waiting: { text: string; wake: () => void }[] = [];
  const said = () => Buffer.concat(stdout).toString();
  child.stdout.on('data', (chunk: Buffer) => {
    stdout.push(chunk);
    for (const { text, wake } of waiting) if (said().includes(text)) wake();
  });
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  child.on('error', reject).on('close', (code) => done({ code, stdout: Buffer.concat(stdout), stderr }));
  return { ran: promise, says: (text: string) => new Promise<void>((wake) => waiting.push({ text, wake })) };
}

const at = '2026-01-02T03:04:05.678Z';
const log = (line: string): NewScanEvent => ({
  type: 'log',
  at,
  data: { tool: 'bandit', stream: 'stdout', line },
});
const end: NewScanEvent = { type: 'scan_complete', at, data: { status: 'SUCCEEDED' } };

test('logs prints what there is, and nothing that a terminal obeys', async () => {
  const id = await newScan();
  await api.deps.events.append(scope, id, [
    { type: 'phase', at, data: { name: 'tools' } },
    log('a \u001b[2J b'),
  ]);
  const { code, stdout } = await certus(['logs', id]).ran;
  expect({ code, stdout: stdout.toString() }).toEqual({
    code: 0,
    stdout: '-- phase name=tools\n[bandit] a \\u{1b}[2J b\n',
  });
  const json = await certus(['logs', id, '-o', 'json']).ran;
  const events = json.stdout
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events).toMatchObject([
    { seq: 1, type: 'phase' },
    { seq: 2, line: 'a \u001b[2J b' },
  ]);
});

test('logs --follow stays until the end, and prints each event once', async () => {
  const id = await newScan();
  await api.deps.events.append(scope, id, [log('first')]);
  const following = certus(['logs', id, '--follow']);
  await following.says('first');
  await api.deps.events.append(scope, id, [log('second')]);
  await following.says('second');
  await api.deps.events.append(scope, id, [end]);
  const { code, stdout } = await following.ran;
  expect({ code, lines: stdout.toString().trim().split('\n') }).toEqual({
    code: 0,
    lines: ['[bandit] first', '[bandit] second', '-- scan_complete status=SUCCEEDED'],
  });
});

test('logs of what is not there is an error', async () => {
  expect(await certus(['logs', 'test_000000000000']).ran).toMatchObject({ code: 66 });
  expect(await certus(['logs', '../../x']).ran).toMatchObject({ code: 64 });
});

test('artifacts lists, and fetches by name or by path', async () => {
  const listed = (await certus(['artifacts', testId]).ran).stdout.toString();
  expect(listed).toContain(`report\treports/sast/a.bin\t200000\t${sha256(REPORT)}`);
  expect((await certus(['artifacts', testId, 'report', '-O', '-']).ran).stdout.equals(REPORT)).toBe(true);
  expect(await certus(['artifacts', testId, 'reports/sast/a.bin']).ran).toMatchObject({ code: 0 });
  expect(readFileSync(join(folder, 'a.bin')).equals(REPORT)).toBe(true);
  expect(await certus(['artifacts', testId, 'nothing']).ran).toMatchObject({ code: 66 });
});

test('artifacts takes the place of no file that was not named', async () => {
  writeFileSync(join(folder, 'a.bin'), 'mine');
  expect(await certus(['artifacts', testId, 'report']).ran).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('file_exists'),
  });
  expect(readFileSync(join(folder, 'a.bin'), 'utf8')).toBe('mine');
  expect(await certus(['artifacts', testId, 'report', '-O', 'a.bin']).ran).toMatchObject({ code: 0 });
  expect(readFileSync(join(folder, 'a.bin')).equals(REPORT)).toBe(true);
});

test.each([
  ['other bytes', Buffer.from('0123456780')],
  ['more bytes', Buffer.from('01234567899')],
  ['fewer bytes', Buffer.from('012345678')],
])('a server that sends %s leaves no file', async (_what, body) => {
  const liar = createServer((request, response) => {
    const path = 'x.bin';
    const list = {
      test_id: testId,
      store: 'raw',
      bundle_digest: null,
      artifacts: [{ name: 'x', path, media_type: 'a/b', size: 10, sha256: sha256('0123456789'), url: '/x' }],
    };
    response.end(request.url?.includes('/artifacts/x.bin') ? body : JSON.stringify(list));
  }).listen(0, '127.0.0.1');
  await new Promise((listening) => liar.once('listening', listening));
  const before = readdirSync(folder);
  const address = `http://127.0.0.1:${(liar.address() as AddressInfo).port}`;
  expect(await certus(['artifacts', testId, 'x'], address).ran).toMatchObject({
    code: 65,
    stderr: expect.stringContaining('digest_mismatch'),
  });
  expect(readdirSync(folder)).toEqual(before);
  liar.close();
});
