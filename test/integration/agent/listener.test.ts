// needs: postgres, temporal
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { Ports } from '../../../infra/local/ports.ts';
import { openBuiltInAuthority } from '../../../services/authority/built-in-authority.ts';
import { ensureLocalKeys, type LocalKeys } from '../../../services/keys/local-keys.ts';
import { newcomer } from '../../unit/enrolment/requests.ts';
import { temporaryFolder } from '../../unit/scan/sources.ts';
import { needed, TOKEN } from '../api-harness.ts';
import { apiKeys } from '../api-keys.ts';
import { type Authority, newAuthority } from './certificates.ts';

const folder = temporaryFolder('agent-listener');
const file = (name: string) => join(folder, name);
const started: ChildProcess[] = [];
let keys: LocalKeys;
let site: Authority;

beforeAll(async () => {
  keys = await ensureLocalKeys(folder);
  site = await newAuthority('platform-ca');
  writeFileSync(file('token'), TOKEN);
  writeFileSync(file('agents.pem'), site.server.pem);
  writeFileSync(file('agents.key'), site.server.keyPem, { mode: 0o600 });
});
afterEach(() => {
  for (const child of started.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function launch(changes: NodeJS.ProcessEnv = {}) {
  const ports = new Ports();
  const [api, agents] = [await ports.take('api'), await ports.take('agents')];
  const child = fork(resolve('api/main.ts'), [], {
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      PATH: process.env.PATH,
      CERTUS_HOME: folder,
      CERTUS_DATABASE_URL: needed('CERTUS_DATABASE_URL'),
      CERTUS_TEMPORAL_ADDRESS: needed('CERTUS_TEMPORAL_ADDRESS'),
      CERTUS_API_TOKEN_FILE: file('token'),
      ...apiKeys(keys),
      CERTUS_OBJECTS: file('objects'),
      CERTUS_API_PORT: String(api),
      CERTUS_AGENT_PORT: String(agents),
      CERTUS_AGENT_TLS_CERT_FILE: file('agents.pem'),
      CERTUS_AGENT_TLS_KEY_FILE: file('agents.key'),
      ...changes,
    },
  });
  started.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (said += String(chunk)));
  return { child, agents, said: () => said };
}

async function ask(port: number, who: { readonly cert?: string; readonly key?: string }, path: string) {
  const { promise, resolve: answer, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const options = { host: '127.0.0.1', servername: 'localhost', port, path, agent: false as const };
  request({ ...options, ca: site.root.pem, ...who }, (response) => {
    let text = '';
    response.on('data', (chunk) => (text += String(chunk)));
    response.on('end', () => answer({ status: response.statusCode ?? 0, text }));
  })
    .on('error', reject)
    .end();
  return promise;
}

test('the process of the API listens for agents where it is told to, and lets in whom its authority knows', async () => {
  const { child, agents, said } = await launch();
  await Promise.race([once(child, 'message'), once(child, 'exit')]);
  const built = await openBuiltInAuthority({
    keyFile: keys.authority.keyFile,
    chainFile: keys.authority.chainFile,
  });
  const { applicant, privateKey } = await newcomer('default', 'sandbox');
  const { certificatePem: cert } = await built.issueSandbox(applicant);
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const asked = `/v1/deliveries/${'a'.repeat(64)}`;
  // issued, and on no list: known at the door and to nobody behind it
  expect(await ask(agents, { cert, key }, asked)).toMatchObject({
    ...{ status: 403, text: expect.stringContaining('agent_not_enrolled') },
  });
  await expect(ask(agents, {}, asked)).rejects.toThrow(/alert|ECONNRESET|socket/i);
  const strange = await site.agent();
  await expect(ask(agents, { cert: strange.pem, key: strange.keyPem }, asked)).rejects.toThrow(
    /alert|ECONNRESET|socket/i,
  );
  expect(said()).toContain('serving agents');
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('with half of its settings it does not start', async () => {
  const { child, said } = await launch({ CERTUS_AGENT_TLS_KEY_FILE: '' });
  expect((await once(child, 'close'))[0]).toBe(78);
  expect(said()).toMatch(/CERTUS_AGENT_TLS_KEY_FILE: must be set/);
});
