import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import seeds from '@sigstore/tuf/seeds.json' with { type: 'json' };
import { execute } from '../../../cli/main.ts';
import { canonicalJson } from '../../../contracts/canonical-json.ts';

const PUBLISHED = Buffer.from(
  seeds['https://tuf-repo-cdn.sigstore.dev'].targets['trusted_root.json'],
  'base64',
);
const EXPIRES = '2100-01-01T00:00:00Z';
const key = generateKeyPairSync('ed25519');

let folder: string;
let server: Server;
let mirror: string;
let served: Map<string, Buffer>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'certus-tuf-test-'));
  served = repository(PUBLISHED, key.privateKey);
  writeFileSync(join(folder, 'root.json'), served.get('/1.root.json') as Buffer);
  server = createServer((request, response) => {
    const body = served.get(request.url ?? '');
    response.writeHead(body === undefined ? 404 : 200).end(body);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The four documents of a TUF repository, all signed with one key, and one target. */
function repository(target: Buffer, privateKey: KeyObject): Map<string, Buffer> {
  const { x = '' } = key.publicKey.export({ format: 'jwk' });
  const publicKey = {
    keytype: 'ed25519',
    scheme: 'ed25519',
    keyval: { public: Buffer.from(x, 'base64url').toString('hex') },
  };
  const id = createHash('sha256').update(canonicalJson(publicKey)).digest('hex');
  const role = { keyids: [id], threshold: 1 };
  const signed = (type: string, more: object) => {
    const body = { _type: type, spec_version: '1.0.0', version: 1, expires: EXPIRES, ...more };
    const sig = sign(null, Buffer.from(canonicalJson(body)), privateKey).toString('hex');
    return Buffer.from(JSON.stringify({ signed: body, signatures: [{ keyid: id, sig }] }));
  };
  const hashes = { sha256: createHash('sha256').update(target).digest('hex') };
  const roles = { root: role, timestamp: role, snapshot: role, targets: role };
  return new Map([
    ['/1.root.json', signed('root', { consistent_snapshot: true, keys: { [id]: publicKey }, roles })],
    ['/timestamp.json', signed('timestamp', { meta: { 'snapshot.json': { version: 1 } } })],
    ['/1.snapshot.json', signed('snapshot', { meta: { 'targets.json': { version: 1 } } })],
    [
      '/1.targets.json',
      signed('targets', { targets: { 'trusted_root.json': { length: target.length, hashes } } }),
    ],
    [`/targets/${hashes.sha256}.trusted_root.json`, target],
  ]);
}

async function update(...more: readonly string[]): Promise<{ code: number; said: string }> {
  let said = '';
  const stream = {
    write: (text: string) => {
      said += text;
    },
  } as unknown as NodeJS.WriteStream;
  const code = await execute(['sigstore', 'update-root', 'trusted.json', '--mirror', mirror, ...more], {
    environment: {},
    workingDirectory: folder,
    checkout: folder,
    stdout: stream,
    stderr: stream,
  });
  return { code, said };
}
const written = () => existsSync(join(folder, 'trusted.json'));
const ROOT = ['--root', 'root.json'];

test('writes the trusted root that goes on from the root that is pinned', async () => {
  expect(await update(...ROOT)).toMatchObject({ code: 0, said: expect.stringContaining('sha256:') });
  expect(readFileSync(join(folder, 'trusted.json'))).toEqual(PUBLISHED);
});

test('writes nothing that another key has signed', async () => {
  const stranger = generateKeyPairSync('ed25519').privateKey;
  for (const [path, bytes] of repository(PUBLISHED, stranger))
    if (path !== '/1.root.json') served.set(path, bytes);
  expect(await update(...ROOT)).toMatchObject({ code: 69, said: expect.stringContaining('no trusted root') });
  expect(written()).toBe(false);
});

test('writes nothing that is not the target that was signed', async () => {
  const [target = ''] = [...served.keys()].filter((path) => path.startsWith('/targets/'));
  served.set(target, Buffer.from(PUBLISHED.toString().replace('"mediaType"', '"mediatype"')));
  expect(await update(...ROOT)).toMatchObject({ code: 69 });
  expect(written()).toBe(false);
});

test('writes nothing that is no trusted root, whoever has signed it', async () => {
  served = repository(Buffer.from('{"tlogs": 3}'), key.privateKey);
  expect((await update(...ROOT)).said).toMatch(/trusted root/);
  expect(written()).toBe(false);
});

test('knows no instance but the public one without its root', async () => {
  expect(await update()).toMatchObject({ code: 69 });
  expect(written()).toBe(false);
});
