import { readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { prettifyError, ZodError } from 'zod';
import { ConfigurationError, loadSettings } from '../services/config/load.ts';
import { exitOnBadConfiguration, requireSettings } from '../services/config/require.ts';
import type { SettingName, Settings } from '../services/config/settings.ts';
import { certusVersion } from '../services/config/version.ts';
import { openDatabase } from '../services/database/database.ts';
import { openEmbedder } from '../services/embeddings/open-embedder.ts';
import { openEventLog } from '../services/events/event-log.ts';
import { createLogger } from '../services/log/log.ts';
import { openObjectStore } from '../services/objects/open-objects.ts';
import { openNerClient } from '../services/sanitize/ner-client.ts';
import { openSanitizing } from '../services/sanitize/open-sanitizing.ts';
import { sanitizeSecretFrom } from '../services/sanitize/sanitize-secret-file.ts';
import type { Sanitizing } from '../services/sanitize/sanitizing.ts';
import { openSearchIndex } from '../services/search/open-search.ts';
import { connectTemporal } from '../services/temporal/client.ts';
import { openAgentListener } from './agents/open-agent-listener.ts';
import { apiObjects } from './api-objects.ts';
import { createApp } from './app.ts';
import { type Authenticator, TokenHolders, tokenAuthenticator } from './authentication.ts';
import { logError } from './log-error.ts';
import { close, cutOff, listen } from './server.ts';
import { openKeyless } from './signing/open-keyless.ts';
import { openTrustAccess } from './trust-access.ts';

/** The API process. It starts without the servers behind it: /readyz says when they are there. */
async function main(): Promise<void> {
  const { settings: loaded } = loadSettings(process.env);
  const settings = requireSettings(loaded, [
    'CERTUS_DATABASE_URL',
    'CERTUS_API_TOKEN_FILE',
    'CERTUS_OBJECTS',
    'CERTUS_KEY_SET_FILE',
    'CERTUS_OPERATOR_KEY_FILE',
  ]);
  const { CERTUS_API_HOST: host, CERTUS_API_PORT: port } = settings;
  const log = createLogger('api', settings);
  const authenticator = await openAuthenticator(settings);
  const database = openDatabase(settings.CERTUS_DATABASE_URL, { poolSize: settings.CERTUS_DATABASE_POOL });
  const temporal = connectTemporal(settings);
  const search = await openSearchIndex(
    {
      url: settings.CERTUS_OPENSEARCH_URL,
      username: settings.CERTUS_OPENSEARCH_USERNAME,
      password: settings.CERTUS_OPENSEARCH_PASSWORD,
      dimension: settings.CERTUS_EMBEDDINGS_DIMENSION,
    },
    database,
  );

  const store = await openObjectStore(settings.CERTUS_OBJECTS, {
    endpoint: settings.CERTUS_S3_ENDPOINT,
    region: settings.CERTUS_S3_REGION,
    accessKeyId: settings.CERTUS_S3_ACCESS_KEY_ID,
    secretAccessKey: settings.CERTUS_S3_SECRET_ACCESS_KEY,
  });

  const events = openEventLog(database, {
    trouble: (error) => log.warn({ err: logError(error) }, 'cannot follow events'),
  });

  const trust = await openTrustAccess(settings, { database, store });
  const sanitizing = await openSanitizingOf(settings);
  const embedder = await openEmbedder(settings);
  const deps = {
    settings,
    trust,
    sanitizing,
    keyless: openKeyless(settings, trust.trustedRoot),
    database,
    temporal,
    search,
    embedder,
    events,
    objects: apiObjects(store, settings),
    activeStreams: () => events.followers(),
    authenticator,
    log,
    version: certusVersion(),
  };
  const server = await listen(createApp(deps), host, port);
  const agents = await openAgentListener(settings, deps);
  const stopped = untilStopped();
  log.info({ host, port }, 'serving');
  process.send?.({ ready: true });

  await stopped;
  // First, since whoever follows a scan would be waited for: they go on at another process, or at the next one here.
  await events.close();
  await Promise.all([stop(server), agents && stop(agents)]);
  await Promise.all([
    sanitizing.close(),
    embedder?.close?.(),
    search.close(),
    store.close(),
    database.close(),
    temporal.connection.close(),
  ]);
  if (process.connected) process.disconnect();
}

async function openSanitizingOf({
  CERTUS_SANITIZE_KEY_FILE: file,
  CERTUS_SANITIZE_THREADS: threads,
  CERTUS_NER_URL: url,
  CERTUS_NER_KINDS: kinds,
  CERTUS_NER_MODEL: model,
}: Settings): Promise<Sanitizing> {
  const secret =
    file === undefined
      ? undefined
      : await configured('CERTUS_SANITIZE_KEY_FILE', () => sanitizeSecretFrom(file));
  const ner = url === undefined ? undefined : openNerClient({ url, kinds, model });
  return openSanitizing({ threads, secret, ner });
}

async function openAuthenticator({
  CERTUS_API_TOKEN_FILE: file,
  CERTUS_API_TOKENS_FILE: others,
}: Pick<Settings, 'CERTUS_API_TOKENS_FILE'> & { CERTUS_API_TOKEN_FILE: string }): Promise<Authenticator> {
  const local = await configured('CERTUS_API_TOKEN_FILE', async () => {
    const token = (await readFile(file, 'utf8')).trim();
    return tokenAuthenticator(token) && token;
  });
  if (others === undefined) return tokenAuthenticator(local);
  return configured('CERTUS_API_TOKENS_FILE', async () => {
    const { tokens } = TokenHolders.parse(JSON.parse(await readFile(others, 'utf8')));
    return tokenAuthenticator(local, tokens);
  });
}

async function configured<T>(setting: SettingName, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    const reason =
      error instanceof ZodError
        ? prettifyError(error)
        : error instanceof Error
          ? error.message
          : String(error);
    throw new ConfigurationError([`${setting}: ${reason}`]);
  }
}

/** Asked to stop, or left alone by the supervisor: either way it is time. */
function untilStopped(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  process.once('disconnect', () => resolve());
  return promise;
}

/** A second signal does not wait for those who are still being answered. */
async function stop(server: Server): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => cutOff(server));
  await close(server);
}

/** Says which address could not be had, and exits so that a supervisor tries again later. */
function exitOnTakenAddress(error: unknown): void {
  const { code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  if (!['EADDRINUSE', 'EADDRNOTAVAIL', 'EACCES'].includes(code ?? '') || port === undefined) return;
  process.stderr.write(
    `cannot listen on ${address}:${port} (${code}): set CERTUS_API_HOST and CERTUS_API_PORT, or those for agents\n`,
  );
  process.exit(69);
}

await main().catch((error: unknown) => {
  exitOnTakenAddress(error);
  exitOnBadConfiguration(error);
});
