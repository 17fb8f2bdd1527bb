import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { pino } from 'pino';
import { apiObjects } from '../../api/api-objects.ts';
import { createApp } from '../../api/app.ts';
import { type TokenHolder, tokenAuthenticator } from '../../api/authentication.ts';
import type { ApiDeps } from '../../api/deps.ts';
import { errorCodesOf } from '../../api/openapi.ts';
import type { Route } from '../../api/route.ts';
import { apiRoutes } from '../../api/routes.ts';
import { close, listen } from '../../api/server.ts';
import { openTrustAccess } from '../../api/trust-access.ts';
import type { ErrorCode } from '../../contracts/errors.ts';
import { Problem } from '../../contracts/problem.ts';
import { loadSettings } from '../../services/config/load.ts';
import { requireSettings } from '../../services/config/require.ts';
import { type Database, openDatabase } from '../../services/database/database.ts';
import type { Embedder } from '../../services/embeddings/embedder.ts';
import { openEventLog } from '../../services/events/event-log.ts';
import { ensureLocalKeys } from '../../services/keys/local-keys.ts';
import { openObjectStore } from '../../services/objects/open-objects.ts';
import type { ObjectStore } from '../../services/objects/store.ts';
import type { NerClient } from '../../services/sanitize/ner-client.ts';
import { openSanitizing } from '../../services/sanitize/open-sanitizing.ts';
import { openPostgresIndex } from '../../services/search/postgres-index.ts';
import type { SearchIndex } from '../../services/search/search-index.ts';
import { connectTemporal } from '../../services/temporal/client.ts';
import { apiKeys } from './api-keys.ts';

export const TOKEN = 'certus_integration_0123456789abcdef0123456789';

export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly json: any;
};
export type Asking = {
  readonly method?: string;
  readonly token?: string | null;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly raw?: string | Buffer;
};
export type Api = {
  readonly port: number;
  readonly routes: readonly Route[];
  readonly deps: ApiDeps;
  /** Everything that was logged, as text. */
  readonly log: () => string;
  readonly ask: (path: string, asking?: Asking) => Promise<Answer>;
  readonly stop: () => Promise<void>;
};

type Options = {
  readonly databaseUrl?: string;
  readonly temporalAddress?: string;
  readonly sourceRoots?: readonly string[];
  readonly allowedHosts?: readonly string[];
  readonly archiveMaxBytes?: number;
  readonly uploadMaxBytes?: number;
  /** Besides the one with every role. */
  readonly tokens?: readonly TokenHolder[];
  /** What texts are pseudonymised with, and the model that is asked for names. */
  readonly sanitizing?: { readonly secret?: Uint8Array; readonly ner?: NerClient };
  /** What is searched; the database when not given. */
  readonly search?: SearchIndex;
  /** What a search by meaning compares; words alone when not given. */
  readonly embedder?: Embedder;
  /** Where evidence lies; a folder of its own when not given. */
  readonly store?: ObjectStore;
};

/** Keys of its own, as an installation makes them. */
async function trustAccess(home: string, database: Database, store: ObjectStore) {
  const keys = await ensureLocalKeys(home);
  const { settings } = loadSettings(apiKeys(keys));
  const required = requireSettings(settings, ['CERTUS_KEY_SET_FILE', 'CERTUS_OPERATOR_KEY_FILE']);
  return openTrustAccess(required, { database, store });
}

const NO_S3 = {
  endpoint: undefined,
  region: 'us-east-1',
  accessKeyId: undefined,
  secretAccessKey: undefined,
};

/** The real app on a real port, in front of the real servers. */
export async function startApi(options: Options = {}): Promise<Api> {
  const database = openDatabase(options.databaseUrl ?? needed('CERTUS_DATABASE_URL'), { poolSize: 4 });
  const temporal = connectTemporal({
    CERTUS_TEMPORAL_ADDRESS: options.temporalAddress ?? needed('CERTUS_TEMPORAL_ADDRESS'),
    CERTUS_TEMPORAL_NAMESPACE: process.env.CERTUS_TEMPORAL_NAMESPACE ?? 'default',
    CERTUS_TEMPORAL_API_KEY: undefined,
  });
  const folder = await mkdtemp(join(tmpdir(), 'certus-api-objects-'));
  const store = options.store ?? (await openObjectStore(folder, NO_S3));
  const events = openEventLog(database);
  const sanitizing = openSanitizing({ threads: 1, ...options.sanitizing });
  const lines: string[] = [];
  const deps: ApiDeps = {
    settings: {
      CERTUS_API_HOST: '127.0.0.1',
      CERTUS_API_ALLOWED_HOSTS: [...(options.allowedHosts ?? [])],
      CERTUS_SOURCE_ROOTS: [...(options.sourceRoots ?? [])],
      CERTUS_SOURCE_BUCKETS: [],
      CERTUS_SOURCE_REGISTRIES: [],
      CERTUS_ARCHIVE_MAX_BYTES: options.archiveMaxBytes ?? 64 * 1024 * 1024,
      CERTUS_RAW_BUCKET: 'raw',
      CERTUS_UPLOADS_BUCKET: 'uploads',
      CERTUS_QUARANTINE_BUCKET: 'quarantine',
      CERTUS_UPLOAD_MAX_BYTES: options.uploadMaxBytes ?? 64 * 1024 * 1024,
      CERTUS_INGEST_MAX_BYTES: 16 * 1024 * 1024,
      CERTUS_UPLOAD_HOURS: 24,
      CERTUS_REGISTRY_URL: undefined,
      CERTUS_REGISTRY_NAMESPACE: 'certus',
      CERTUS_AUTHORITY_URL: undefined,
    },
    trust: await trustAccess(folder, database, store),
    sanitizing,
    database,
    temporal,
    search: options.search ?? openPostgresIndex(database),
    embedder: options.embedder,
    events,
    activeStreams: () => events.followers(),
    objects: apiObjects(store, {
      CERTUS_UPLOADS_BUCKET: 'uploads',
      CERTUS_RAW_BUCKET: 'raw',
      CERTUS_GOLDEN_BUCKET: 'golden',
      CERTUS_QUARANTINE_BUCKET: 'quarantine',
    }),
    authenticator: tokenAuthenticator(TOKEN, options.tokens),
    log: pino({ level: 'debug' }, { write: (line: string) => lines.push(line) }),
    version: '0.0.0-test',
  };
  const server = await listen(createApp(deps), '127.0.0.1', 0);
  const { port } = server.address() as AddressInfo;
  const routes = apiRoutes(deps);
  return {
    port,
    routes,
    deps,
    log: () => lines.join(''),
    ask: async (path, asking = {}) => documented(routes, path, asking, await ask(port, path, asking)),
    stop: async () => {
      await events.close();
      await close(server);
      await Promise.all([sanitizing.close(), store.close(), database.close(), temporal.connection.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** node:http rather than fetch, which would not let us lie about the host or send what is no JSON. */
function ask(port: number, path: string, asking: Asking): Promise<Answer> {
  const { method = 'GET', token = TOKEN, headers = {}, body, raw } = asking;
  const content = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const request = httpRequest(
    {
      host: '127.0.0.1',
      port,
      path,
      method,
      agent: false,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(content === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) }),
        ...headers,
      },
    },
    (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const whole = response.statusCode !== 206 && text !== '';
        const isJson = whole && /json/.test(response.headers['content-type'] ?? '');
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          json: isJson ? JSON.parse(text) : undefined,
        });
      });
    },
  );
  request.on('error', reject);
  request.end(content);
  return promise;
}

/** Whatever a test asks, the answer must be one that the route documents: that is a test of every test. */
function documented(routes: readonly Route[], path: string, asking: Asking, answer: Answer): Answer {
  expect(answer.headers['x-request-id']).toEqual(expect.any(String));
  const method = (asking.method ?? 'GET').toLowerCase().replace('head', 'get');
  const route = routes.find((candidate) => candidate.method === method && fits(candidate, path));
  if (answer.status >= 400 && !(route && answer.status in route.answers)) {
    if (asking.method === 'HEAD') return answer;
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    const problem = Problem.strict().parse(answer.json);
    expect(problem.status).toBe(answer.status);
    expect(problem.request_id).toBe(answer.headers['x-request-id']);
    if (route) expect(errorCodesOf(route)).toContain(problem.code as ErrorCode);
    return answer;
  }
  const described = route?.answers[answer.status];
  expect(described).toBeDefined();
  const isJson = /json/.test(described?.contentType ?? 'application/json');
  if (answer.json !== undefined && isJson) described?.schema?.parse(answer.json);
  return answer;
}

function fits({ path: pattern, rest }: Route, path: string): boolean {
  const part = (_: string, name: string) => (name === rest ? '.+' : '[^/]+');
  return new RegExp(`^${pattern.replaceAll(/\{(\w+)\}/g, part)}$`).test(path.split('?')[0] ?? '');
}

/** A server that can be taken away and given back without touching the one behind it. */
export async function startGate(
  target: string,
): Promise<{ address: string; shut(): Promise<void>; open(): Promise<void> }> {
  const [host, port] = target.split(':');
  const sockets = new Set<Socket>();
  const gate = createServer((client) => {
    const server = connect(Number(port), host);
    for (const socket of [client, server]) {
      sockets.add(socket);
      // A broken half breaks the other: that is what an outage looks like from both sides.
      socket
        .on('error', () => socket.destroy())
        .on('close', () => {
          sockets.delete(socket);
          client.destroy();
          server.destroy();
        });
    }
    client.pipe(server).pipe(client);
  });
  const listenOn = (at: number) => new Promise<void>((resolve) => gate.listen(at, '127.0.0.1', resolve));
  await listenOn(0);
  const own = (gate.address() as AddressInfo).port;
  return {
    address: `127.0.0.1:${own}`,
    open: () => listenOn(own),
    shut: async () => {
      const closed = new Promise((resolve) => gate.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

export function needed(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run this suite with npm test`);
  return value;
}
