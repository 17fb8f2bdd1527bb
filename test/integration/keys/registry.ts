import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { pino } from 'pino';
import { type EvidenceSigners, openEvidenceSigners } from '../../../activities/sign/evidence-signers.ts';
import { generateKey } from '../../../activities/sign/generate-key.ts';
import type { TrustDeps } from '../../../activities/trust/deps.ts';
import { carryOut } from '../../../activities/trust/orders/carry-out.ts';
import type { ApiDeps } from '../../../api/deps.ts';
import { eventRoutes } from '../../../api/events/event-routes.ts';
import { keyRoutes } from '../../../api/keys/key-routes.ts';
import { mountRoutes } from '../../../api/mount.ts';
import { problemHandler } from '../../../api/problems.ts';
import type { Route } from '../../../api/route.ts';
import { keyId } from '../../../contracts/key-id.ts';
import type { Environment, KeyRole, KeySet, TrustedKey } from '../../../contracts/keys.ts';
import type { OrderRun } from '../../../contracts/order-run.ts';
import type { LogEntry } from '../../../contracts/transparency.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { type Database, openDatabase } from '../../../services/database/database.ts';
import { openFileEncryption } from '../../../services/keys/encryption/file-encryption.ts';
import type { Signer } from '../../../services/keys/signer.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import type { Bucket } from '../../../services/objects/store.ts';
import type { TransparencyLog } from '../../../services/transparency/transparency-log.ts';

export type Reply = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly json: any;
};

export type Registry = {
  readonly database: Database;
  readonly sealedKeys: Bucket;
  readonly trust: TrustDeps;
  readonly platform: KeySet;
  /** The key in the file of the worker that signs. */
  readonly pinned: Signer;
  readonly log: LogEntry[];
  readonly said: () => string;
  readonly signers: EvidenceSigners;
  clock: Date | undefined;
  logFails: boolean;
  trustAway: boolean;
  readonly ask: (method: string, path: string, body?: unknown, tenant?: string) => Promise<Reply>;
  readonly carry: (orderId: string, found?: unknown) => Promise<unknown>;
  readonly stop: () => Promise<void>;
};

type Held = Signer & { readonly privateKey: KeyObject };

function keyOf(): Held {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return {
    keyId: keyId(publicKeyPem),
    publicKeyPem,
    privateKey,
    sign: async (bytes) => sign('sha256', bytes, privateKey),
  };
}

/** The parts of the real thing, each with what it alone holds; the engine between them is left out. */
export async function openRegistry(tenant: string): Promise<Registry> {
  const folder = await mkdtemp(join(tmpdir(), 'certus-registry-'));
  const rsa = generateKeyPairSync('rsa', { modulusLength: 3072 });
  const privateFile = join(folder, 'sealing.pem');
  const publicFile = join(folder, 'sealing.pub.pem');
  await writeFile(privateFile, rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  await writeFile(publicFile, rsa.publicKey.export({ type: 'spki', format: 'pem' }));
  const [opening, sealing] = [await openFileEncryption(privateFile), await openFileEncryption(publicFile)];
  const store = await openDirectoryStore(join(folder, 'objects'));
  const sealedKeys = await store.bucket('keys');
  const database = openDatabase(process.env.CERTUS_DATABASE_URL ?? '', { poolSize: 6 });
  const [pinned, permit, operator] = [keyOf(), keyOf(), keyOf()];
  const trusted = (key: Held, role: KeyRole, of: string | null): TrustedKey => ({
    id: key.keyId,
    role,
    tenant: of,
    public_key_pem: key.publicKeyPem,
    valid_from: '2020-01-01T00:00:00.000Z',
    valid_until: null,
  });
  const platform: KeySet = {
    schema: 'https://certus.dev/key-set/v1',
    keys: [
      trusted(pinned, 'evidence', tenant),
      trusted(permit, 'permit', null),
      trusted(operator, 'operator', null),
    ],
  };

  const lines: string[] = [];
  const entries: LogEntry[] = [];
  const transparency: TransparencyLog = {
    append: async (added) => {
      if (registry.logFails) throw new Error('the log is away');
      for (const entry of added)
        if (!entries.some((known) => JSON.stringify(known) === JSON.stringify(entry))) entries.push(entry);
      return added.map((entry) => place(entry, entries));
    },
  };
  const now = () => registry.clock ?? new Date();
  const trust: TrustDeps = {
    database,
    raw: store.readable('raw'),
    permitSigner: permit,
    log: transparency,
    keySet: platform,
    permitLifetimeMs: 3_600_000,
    evidenceMaxAgeMs: 72 * 3_600_000,
    version: '0.0.0-test',
    now,
  };
  /** What the order's workflow does. */
  const workflow = async ({ tenant: of, orderId, key }: OrderRun) => {
    if (registry.trustAway) return undefined;
    const found =
      key && (await generateKey({ sealedKeys, keyEncryption: sealing }, { tenant: of, orderId, ...key }));
    return carryOut(trust, { tenant: of, orderId, found });
  };
  const api = {
    database,
    trust: { keySet: platform, operator, keyEncryption: sealing, sealedKeys: async () => sealedKeys },
    temporal: {
      withDeadline: (_: number, start: () => unknown) => start(),
      withAbortSignal: (_: AbortSignal, ask: () => unknown) => ask(),
      workflow: {
        start: async (_: string, { args: [run] }: { args: [OrderRun] }) => ({ result: () => workflow(run) }),
      },
    },
  } as unknown as ApiDeps;
  const logger = pino({ level: 'debug' }, { write: (line: string) => lines.push(line) });
  const app = express();
  const routes: Route[] = [...keyRoutes(api), ...eventRoutes(api)];
  app.use((_request, response, next) => {
    response.locals.requestId = 'req';
    next();
  });
  mountRoutes(app, routes, authenticator(tenant), logger);
  app.use(problemHandler(logger));
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;

  const registry: Registry = {
    database,
    sealedKeys,
    trust,
    platform,
    pinned,
    log: entries,
    said: () => lines.join(''),
    signers: openEvidenceSigners({
      database,
      sealedKeys,
      encryption: opening,
      environment: 'production' satisfies Environment,
      fallback: { tenant, signer: pinned },
      now,
    }),
    clock: undefined,
    logFails: false,
    trustAway: false,
    ask: async (method, path, body, as = tenant) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, {
        method,
        headers: { Authorization: `Bearer ${as}`, 'Content-Type': 'application/json' },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const json = text === '' ? undefined : JSON.parse(text);
      documented(routes, method, path, response.status, json);
      return { status: response.status, headers: response.headers, text, json };
    },
    carry: (orderId, found) => carryOut(trust, { tenant, orderId, found }),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return registry;
}

/** Every token is the name of its tenant. */
const authenticator = (_tenant: string) => ({
  authenticate: async (authorization: string | undefined) => {
    const name = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
    return name === undefined ? undefined : { tenant: name, subject: 'admin', roles: ['admin'] as const };
  },
});

/** What is answered is what is documented, in every test. */
function documented(
  routes: readonly Route[],
  method: string,
  path: string,
  status: number,
  json: unknown,
): void {
  const route = routes
    .filter((candidate) => candidate.method === method.toLowerCase())
    .find(({ path: pattern }) =>
      new RegExp(`^${pattern.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path.split('?')[0] ?? ''),
    );
  if (route === undefined) throw new Error(`${method} ${path} is not served`);
  if (status < 400) {
    const described = route.answers[status];
    if (described === undefined) throw new Error(`${method} ${path}: ${status} is not documented`);
    described.schema?.parse(json);
    return;
  }
  const { code } = json as { code: string };
  const common = [
    'unauthenticated',
    'malformed_json',
    'payload_too_large',
    'unsupported_media_type',
    'internal_error',
  ];
  if (![...route.errors, ...common].includes(code))
    throw new Error(`${method} ${path}: ${code} is not documented`);
}

function place(entry: LogEntry, entries: readonly LogEntry[]) {
  const index = entries.findIndex((known) => JSON.stringify(known) === JSON.stringify(entry));
  const entryId = sha256(JSON.stringify(entry));
  return {
    entryId,
    index,
    treeSize: entries.length,
    leafHash: entryId,
    rootHash: entryId,
    hashes: [],
    checkpoint: '',
  };
}

export const newTenant = (): string => `t-${randomBytes(8).toString('hex')}`;
