import 'reflect-metadata';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as x509 from '@peculiar/x509';
import { pino } from 'pino';
import { openAgentListener } from '../../../api/agents/open-agent-listener.ts';
import type { ApiDeps } from '../../../api/deps.ts';
import { ConfigurationError, loadSettings } from '../../../services/config/load.ts';
import { builtInAuthority } from '../enrolment/authorities.ts';
import { authority, certificate } from '../keys/certificates.ts';
import { temporaryFolder } from '../scan/sources.ts';

const folder = temporaryFolder('agent-configuration');
const file = (name: string) => join(folder, name);
const good = {
  CERTUS_AGENT_PORT: '8057',
  CERTUS_AGENT_TLS_CERT_FILE: file('agents.pem'),
  CERTUS_AGENT_TLS_KEY_FILE: file('agents.key'),
  CERTUS_AUTHORITY_CHAIN_FILE: file('chain.pem'),
};
let chain: string;
let earlier: string;

beforeAll(async () => {
  const [own, other] = [await certificate(), await certificate()];
  chain = (await builtInAuthority(folder)).chainPem;
  const usage = new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.codeSigning]);
  earlier = (await certificate({ extensions: [...authority(0), usage] })).pem;
  writeFileSync(file('agents.pem'), own.pem);
  writeFileSync(file('agents.key'), own.keyPem, { mode: 0o600 });
  writeFileSync(file('other.key'), other.keyPem, { mode: 0o600 });
  writeFileSync(file('open.key'), own.keyPem, { mode: 0o644 });
  writeFileSync(file('earlier.pem'), earlier);
  writeFileSync(file('text'), 'no certificate');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const opened = (environment: NodeJS.ProcessEnv, authorityChain: string | undefined = chain) => {
  const deps = { trust: { authorityChain }, log: pino({ level: 'silent' }) };
  return openAgentListener(loadSettings(environment).settings, deps as unknown as ApiDeps);
};

test('nobody listens for agents where no port is set', async () => {
  expect(await opened({ ...good, CERTUS_AGENT_PORT: '' })).toBeUndefined();
});

test.each<[string, NodeJS.ProcessEnv, RegExp]>([
  ['without a key', { CERTUS_AGENT_TLS_KEY_FILE: '' }, /CERTUS_AGENT_TLS_KEY_FILE: must be set/],
  ['without a certificate', { CERTUS_AGENT_TLS_CERT_FILE: '' }, /CERTUS_AGENT_TLS_CERT_FILE: must be set/],
  ['with a key of another', { CERTUS_AGENT_TLS_KEY_FILE: file('other.key') }, /TLS_CERT_FILE: .*mismatch/],
  ['with a key that all can read', { CERTUS_AGENT_TLS_KEY_FILE: file('open.key') }, /run: chmod 600/],
  ['with a key that is none', { CERTUS_AGENT_TLS_KEY_FILE: file('agents.pem') }, /TLS_KEY_FILE: /],
  ['with no certificate', { CERTUS_AGENT_TLS_CERT_FILE: file('text') }, /TLS_CERT_FILE: /],
  ['with a file that is not there', { CERTUS_AGENT_CLIENT_CA_FILE: file('nowhere') }, /CA_FILE: ENOENT/],
  ['with no authority in its file', { CERTUS_AGENT_CLIENT_CA_FILE: file('text') }, /there is no certificate/],
  ['with one that may not', { CERTUS_AGENT_CLIENT_CA_FILE: file('earlier.pem') }, /for connections$/m],
])('%s it is a fault, and there is no listener', async (_, change, words) => {
  const fault = await opened({ ...good, ...change }).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(ConfigurationError);
  expect((fault as Error).message).toMatch(words);
  expect((fault as Error).message).not.toContain('PRIVATE KEY');
});

test('an authority of before there were agents is told what to do', async () => {
  await expect(opened(good, earlier)).rejects.toThrow(/earlier release: move .*chain\.pem away/);
  await expect(opened({ ...good, CERTUS_AUTHORITY_CHAIN_FILE: '' }, '')).rejects.toThrow(ConfigurationError);
});

test('where there is no authority, who issues has to be said', async () => {
  const deps = { trust: { authorityChain: undefined }, log: pino({ level: 'silent' }) };
  await expect(openAgentListener(loadSettings(good).settings, deps as unknown as ApiDeps)).rejects.toThrow(
    /CERTUS_AGENT_CLIENT_CA_FILE: must be set/,
  );
});
