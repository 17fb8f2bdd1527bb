import { rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:tls';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createAgentApp } from '../../../api/agents/agent-app.ts';
import { listenForAgents } from '../../../api/agents/agent-server.ts';
import type { ApiDeps } from '../../../api/deps.ts';
import { close } from '../../../api/server.ts';
import type { KeySet, TrustedKey } from '../../../contracts/keys.ts';
import { builtInAuthority } from '../enrolment/authorities.ts';
import { type Newcomer, newcomer } from '../enrolment/requests.ts';
import { authority, certificate, type Made } from '../keys/certificates.ts';
import { temporaryFolder } from '../scan/sources.ts';

const folder = temporaryFolder('agent-listener');
const hours = (count: number) => new Date(Date.now() + count * 3_600_000);
let server: Server;
let root: Made;
let who: Newcomer;
let pem: string;
/** What the registry says: the row, and the key as the installation trusts it. */
let row: { tenant: string; certificate: string | null } | undefined;
let trusted: TrustedKey;
const keySet = { schema: 'https://certus.dev/key-set/v1', keys: [] as TrustedKey[] };

beforeAll(async () => {
  const [from, until] = [hours(-1), hours(1)];
  root = await certificate({ name: 'platform-ca', from, until, extensions: authority() });
  const own = await certificate({ name: 'localhost', issuer: root, from, until, extensions: [] });
  const built = await builtInAuthority(folder);
  who = await newcomer('acme', 'sandbox');
  pem = (await built.issueSandbox(who.applicant)).certificatePem;
  const client = {
    signingKey: { findMany: async () => (row === undefined ? [] : [row]) },
    keySetVersion: { findFirst: async () => null },
    ingestion: { findFirst: async () => null },
  };
  const deps = { database: { client }, trust: { keySet: keySet as KeySet }, log: pino({ level: 'silent' }) };
  server = await listenForAgents(
    createAgentApp(deps as unknown as ApiDeps),
    { host: '127.0.0.1', port: 0 },
    { cert: own.pem, key: own.keyPem, ca: built.chainPem },
  );
});
afterAll(async () => {
  await close(server);
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  const { keyId: id, publicKeyPem: public_key_pem } = who.applicant;
  row = { tenant: 'acme', certificate: pem };
  trusted = {
    ...{ id, role: 'evidence', tenant: 'acme', public_key_pem, certificate_pem: pem, environment: 'sandbox' },
    ...{ valid_from: hours(-1).toISOString(), valid_until: hours(1).toISOString() },
  };
  keySet.keys = [trusted];
});

const at = () => (server.address() as AddressInfo).port;
const keyOf = ({ privateKey }: Newcomer) => privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

async function ask(tls: { cert?: string; key?: string } = { cert: pem, key: keyOf(who) }, path?: string) {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const options = { host: '127.0.0.1', servername: 'localhost', port: at(), agent: false as const };
  const checkServerIdentity = () => undefined;
  request(
    {
      ...options,
      ca: root.pem,
      checkServerIdentity,
      path: path ?? `/v1/deliveries/${'a'.repeat(64)}`,
      ...tls,
    },
    (response) => {
      let text = '';
      response.on('data', (chunk) => (text += String(chunk)));
      response.on('end', () => resolve(`${response.statusCode} ${JSON.parse(text).code}`));
    },
  )
    .on('error', reject)
    .end();
  return promise;
}

test('whoever is enrolled gets as far as his deliveries, and nowhere else', async () => {
  expect(await ask()).toBe('404 not_found');
  expect(await ask(undefined, '/v1/deliveries')).toBe('405 method_not_allowed');
  for (const path of ['/v1/search', '/v1/security-scans', '/healthz'])
    expect(await ask(undefined, path)).toBe('404 not_found');
});

test('the connection of who shows no certificate of the authority is refused', async () => {
  const stranger = await certificate({ from: hours(-1), until: hours(1) });
  for (const tls of [{}, { cert: stranger.pem, key: stranger.keyPem }])
    await expect(ask(tls)).rejects.toThrow(/alert|ECONNRESET|EPIPE|socket/i);
});

test.each<[string, () => void]>([
  ['no row', () => (row = undefined)],
  ['a row with no certificate', () => (row = { tenant: 'acme', certificate: null })],
  ['a row of another certificate', () => (row = { tenant: 'acme', certificate: root.pem })],
  ['a row of another tenant', () => (row = { tenant: 'other', certificate: pem })],
  ['no list', () => (keySet.keys = [])],
  ['a list with another certificate', () => (keySet.keys = [{ ...trusted, certificate_pem: root.pem }])],
  ['a list for something else', () => (keySet.keys = [{ ...trusted, role: 'operator' }])],
  ['a key that has ended', () => (keySet.keys = [{ ...trusted, valid_until: hours(-0.5).toISOString() }])],
  ['a key that has not begun', () => (keySet.keys = [{ ...trusted, valid_from: hours(0.5).toISOString() }])],
  [
    'a key that was revoked, though what it signed by then is good',
    () =>
      (keySet.keys = [
        {
          ...trusted,
          revoked: {
            ...{ at: hours(-0.1).toISOString(), reason: 'superseded' },
            invalid_since: hours(1).toISOString(),
          },
        },
      ]),
  ],
])('who is known by %s may deliver nothing', async (_, change) => {
  change();
  expect(await ask()).toBe('403 agent_not_enrolled');
});

test('old versions of TLS, and sessions that outlive a certificate, are not offered', async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const tls = { cert: pem, key: keyOf(who), ca: root.pem, checkServerIdentity: () => undefined };
  const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' } as const;
  connect({ ...tls, ...old, port: at(), host: '127.0.0.1' }, () => resolve('connected')).on(
    'error',
    (error) => resolve((error as NodeJS.ErrnoException).code ?? error.message),
  );
  expect(await promise).not.toBe('connected');
  const spoken = (session?: Buffer) =>
    new Promise<{ session: Buffer | undefined; reused: boolean }>((done) => {
      let given: Buffer | undefined;
      let reused = false;
      const again = session === undefined ? {} : { session };
      const socket = connect({ ...tls, ...again, port: at(), host: '127.0.0.1' }, () => {
        reused = socket.isSessionReused();
        socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
      });
      socket.on('session', (one) => {
        given = one;
      });
      socket.on('close', () => done({ session: given, reused })).resume();
    });
  const { session } = await spoken();
  expect(session).toBeDefined();
  expect((await spoken(session)).reused).toBe(false);
});
