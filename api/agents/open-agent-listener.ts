import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createSecureContext } from 'node:tls';
import { CertusError } from '../../contracts/errors.ts';
import { ConfigurationError } from '../../services/config/load.ts';
import { requireSettings } from '../../services/config/require.ts';
import type { SettingName, Settings } from '../../services/config/settings.ts';
import { readPrivateKeyFile } from '../../services/keys/private-key-file.ts';
import type { ApiDeps } from '../deps.ts';
import { createAgentApp } from './agent-app.ts';
import { type AgentTls, listenForAgents } from './agent-server.ts';

/** The listener for agents of other sites, where a port is set for it. Half of what it needs is a fault, and not a listener that is less. */
export async function openAgentListener(
  settings: Settings,
  deps: Parameters<typeof createAgentApp>[0] & Pick<ApiDeps, 'trust'>,
): Promise<Server | undefined> {
  const { CERTUS_AGENT_PORT: port, CERTUS_AGENT_HOST: host } = settings;
  if (port === undefined) return undefined;
  const tls = await tlsOf(settings, deps.trust.authorityChain);
  const server = await listenForAgents(createAgentApp(deps), { host, port }, tls);
  deps.log.info({ host, port }, 'serving agents');
  return server;
}

async function tlsOf(settings: Settings, authorityChain: string | undefined): Promise<AgentTls> {
  const files = requireSettings(settings, ['CERTUS_AGENT_TLS_CERT_FILE', 'CERTUS_AGENT_TLS_KEY_FILE']);
  const { CERTUS_AGENT_TLS_CERT_FILE: certFile, CERTUS_AGENT_TLS_KEY_FILE: keyFile } = files;
  const cert = await named('CERTUS_AGENT_TLS_CERT_FILE', () => readFile(certFile, 'utf8'));
  const key = await named('CERTUS_AGENT_TLS_KEY_FILE', async () =>
    (await readPrivateKeyFile(keyFile)).export({ type: 'pkcs8', format: 'pem' }).toString(),
  );
  const ca = await authorityOf(settings, authorityChain);
  await named('CERTUS_AGENT_TLS_CERT_FILE', async () => createSecureContext({ cert, key, ca }));
  return { cert, key, ca };
}

async function authorityOf(
  { CERTUS_AGENT_CLIENT_CA_FILE: file, CERTUS_AUTHORITY_CHAIN_FILE: own }: Settings,
  chain: string | undefined,
): Promise<string> {
  const ca =
    file === undefined ? chain : await named('CERTUS_AGENT_CLIENT_CA_FILE', () => readFile(file, 'utf8'));
  if (ca === undefined)
    throw new ConfigurationError([
      'CERTUS_AGENT_CLIENT_CA_FILE: must be set, since there is no built-in authority',
    ]);
  await named('CERTUS_AGENT_CLIENT_CA_FILE', async () => {
    if (everyCertificateIn(ca).every(mayIssueForClients)) return;
    const cure =
      file === undefined
        ? `, as it was made by an earlier release: move ${own} away, and the next start makes it anew with the same keys`
        : '';
    throw new CertusError(
      'certificate_invalid',
      `this authority issues no certificates for connections${cure}`,
    );
  });
  return ca;
}

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]{1,40000}-----END CERTIFICATE-----/g;

function everyCertificateIn(pem: string): X509Certificate[] {
  const blocks = pem.match(BLOCK) ?? [];
  if (blocks.length === 0) throw new CertusError('certificate_invalid', 'there is no certificate in it');
  return blocks.map((block) => new X509Certificate(block));
}

/** OpenSSL holds issuers, too, to what they are for: without this every agent would be turned away without a word why. */
const mayIssueForClients = ({ keyUsage }: X509Certificate): boolean =>
  (keyUsage as readonly string[] | undefined)?.some((id) => FOR_CLIENTS.has(id)) ?? true;

const FOR_CLIENTS: ReadonlySet<string> = new Set(['1.3.6.1.5.5.7.3.2', '2.5.29.37.0']);

/** What cannot be used is told under the name by which it is set; what OpenSSL says of its form quotes nothing of it. */
async function named<T>(setting: SettingName, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (typeof code !== 'string') throw error;
    throw new ConfigurationError([`${setting}: ${message}`]);
  }
}
