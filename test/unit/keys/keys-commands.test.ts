import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import {
  inactiveKeyExample,
  keyExample,
  keySetExample,
  pendingExample,
  revocationExample,
} from '../../../api/keys/examples.ts';
import { execute } from '../../../cli/main.ts';

type Asked = { readonly line: string; readonly body: unknown };
let folder: string;
let server: Server;
let asked: Asked[];
let answer: { status: number; body: unknown };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'certus-keys-cli-'));
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    asked.push({
      line: `${request.method} ${request.url}`,
      body: text === '' ? undefined : JSON.parse(text),
    });
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await writeFile(join(folder, 'cert.pem'), 'CERT\n');
  await writeFile(join(folder, 'key.pem'), 'KEY\n');
  await writeFile(join(folder, 'pass'), 'open sesame\n');
  await writeFile(join(folder, 'huge.pem'), 'x'.repeat(70_000));
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  asked = [];
});

async function certus(words: string, reply: { status?: number; body: unknown }) {
  answer = { status: 200, ...reply };
  let stdout = '';
  let stderr = '';
  const { port } = server.address() as AddressInfo;
  const exitCode = await execute(words.split(' '), {
    environment: { CERTUS_API_URL: `http://127.0.0.1:${port}`, CERTUS_TOKEN: 'certus_test' },
    workingDirectory: folder,
    checkout: folder,
    stdout: { write: (text: string) => (stdout += text) } as unknown as NodeJS.WriteStream,
    stderr: { write: (text: string) => (stderr += text) } as unknown as NodeJS.WriteStream,
  });
  return { exitCode, stdout, stderr };
}

test('keys are listed in a table, or as they came', async () => {
  const body = { keys: [keyExample] };
  const { exitCode, stdout } = await certus('keys list --environment production --status active', { body });
  expect([exitCode, asked[0]?.line]).toEqual([0, 'GET /v1/keys?environment=production&status=active']);
  expect(stdout.split('\n')[1]?.split('\t').slice(0, 3)).toEqual([keyExample.id, 'production', 'active']);
  expect(JSON.parse((await certus('keys list -o json', { body })).stdout)).toEqual(body);
});

test('a key is made, or will be when Trust is back', async () => {
  const made = await certus('keys rotate --environment sandbox --algorithm ed25519', {
    status: 201,
    body: keyExample,
  });
  expect(made).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(keyExample.id) });
  expect(asked).toEqual([
    { line: 'POST /v1/keys/rotate', body: { environment: 'sandbox', algorithm: 'ed25519' } },
  ]);
  const later = await certus('keys generate', { status: 202, body: pendingExample });
  expect(later).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(pendingExample.order_id) });
});

test('a key is brought out of its files, and its passphrase out of a third', async () => {
  const words = 'keys upload --certificate cert.pem --key key.pem --passphrase-file pass';
  expect((await certus(words, { status: 201, body: keyExample })).exitCode).toBe(0);
  expect(asked[0]).toEqual({
    line: 'POST /v1/keys',
    body: {
      environment: 'production',
      certificate_pem: 'CERT\n',
      private_key_pem: 'KEY\n',
      passphrase: 'open sesame',
    },
  });
});

test('files that are none are not sent', async () => {
  const nowhere = await certus('keys upload --certificate cert.pem --key nowhere.pem', { body: keyExample });
  expect(nowhere).toMatchObject({ exitCode: 66, stderr: expect.stringContaining('ENOENT') });
  const huge = await certus('keys upload --certificate huge.pem --key key.pem', { body: keyExample });
  expect(huge).toMatchObject({ exitCode: 65, stderr: expect.stringContaining('too large') });
  expect(asked).toEqual([]);
});

test('a key ends, and what rests on it is told', async () => {
  const { id } = keyExample;
  await certus(`keys deactivate ${id}`, { body: inactiveKeyExample });
  const { stderr } = await certus(`keys revoke ${id} --reason key_compromise --since 2026-01-01T00:00:00Z`, {
    body: revocationExample,
  });
  expect(stderr).toContain('2 published scans');
  expect(asked).toMatchObject([
    { line: `POST /v1/keys/${id}/deactivate` },
    {
      line: `POST /v1/keys/${id}/revoke`,
      body: { reason: 'key_compromise', invalid_since: '2026-01-01T00:00:00Z' },
    },
  ]);
});

test('a refusal is told as the API told it', async () => {
  const problem = {
    type: 'https://certus.dev/problems/key_revoked',
    title: 'Key revoked',
    status: 409,
    detail: 'the key was revoked',
    code: 'key_revoked',
    request_id: 'r',
    errors: [],
  };
  const { exitCode, stderr } = await certus(`keys revoke ${keyExample.id}`, { status: 409, body: problem });
  expect(exitCode).toBe(65);
  expect(stderr).toContain('key_revoked: the key was revoked');
  expect((await certus('keys revoke x --reason because', { body: {} })).exitCode).toBe(64);
});

test('the keys that count are printed as a key set', async () => {
  const { stdout } = await certus('keys export', { body: keySetExample });
  expect(JSON.parse(stdout)).toEqual(keySetExample);
});
