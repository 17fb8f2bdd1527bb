import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import express from 'express';
import { pino } from 'pino';
import { toTemporalFailure } from '../../../activities/failures.ts';
import {
  createLocationActivities,
  createSignActivities,
  createSignatureTrustActivities,
} from '../../../activities/sign/create-sign-activities.ts';
import type { SignatureLogDeps } from '../../../activities/sign/log-signatures.ts';
import { mountRoutes } from '../../../api/mount.ts';
import { problemHandler } from '../../../api/problems.ts';
import type { KeylessSigner } from '../../../api/signing/keyless.ts';
import { signRoutes } from '../../../api/signing/sign-routes.ts';
import { CertusError } from '../../../contracts/errors.ts';
import { taskQueue, type Zone } from '../../../contracts/zones.ts';
import { openDatabase } from '../../../services/database/database.ts';
import type { Signer } from '../../../services/keys/signer.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import { openLayoutRegistry } from '../../../services/registry/layout-registry.ts';
import { connectTemporal } from '../../../services/temporal/client.ts';
import { openTransparencyLog } from '../../../services/transparency/open-log.ts';
import { openTransparencyReader } from '../../../services/transparency/open-reader.ts';
import { keySetOf, signingKey } from '../../unit/signing/signing-fixture.ts';
import { ownDatabase } from '../transparency/served-log.ts';

export type Reply = {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly json: any;
};
export type Signing = Awaited<ReturnType<typeof startSigning>>;
type Trusted = Pick<SignatureLogDeps, 'trustedRoot'> & { readonly keyless?: KeylessSigner };

/** The routes, the engine and a worker for each zone, each with what it alone holds. */
export async function startSigning({ trustedRoot, keyless }: Trusted = {}) {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const folder = await mkdtemp(join(tmpdir(), 'certus-signing-'));
  const store = await openDirectoryStore(join(folder, 'objects'));
  const [raw, uploads, golden] = await Promise.all(
    ['raw', 'uploads', 'golden'].map((name) => store.bucket(name)),
  );
  if (!raw || !uploads || !golden) throw new Error('a bucket is missing');
  // a log has one key, and so each log a database
  const own = await ownDatabase(process.env.CERTUS_DATABASE_URL ?? '');
  const database = openDatabase(own.url, { poolSize: 4 });
  const address = process.env.CERTUS_TEMPORAL_ADDRESS ?? '';
  const temporal = connectTemporal({
    CERTUS_TEMPORAL_ADDRESS: address,
    CERTUS_TEMPORAL_NAMESPACE: 'default',
    CERTUS_TEMPORAL_API_KEY: undefined,
  });
  const tenant = `t-${randomBytes(6).toString('hex')}`;
  const evidence = signingKey('P-256', 'evidence', { tenant });
  const permit = signingKey('P-256', 'permit');
  const log = signingKey('Ed25519', 'log');
  const promotion = signingKey('P-256', 'promotion');
  const keySet = keySetOf(evidence, permit, promotion);
  const keys = new Map<string, Signer>([[tenant, evidence.signer]]);
  const registry = openLayoutRegistry(join(folder, 'oci'));
  const trust = {
    database,
    raw,
    keySet,
    trustedRoot,
    permitSigner: permit.signer,
    log: openTransparencyLog(database, { ...log.signer, origin: 'test/log' }),
    version: '1.0.0',
    now: () => new Date(),
  };
  const activities: Partial<Record<Zone, object>> = {
    assurance: createSignActivities({
      raw,
      uploads,
      evidenceSigner: async (of) => {
        const signer = keys.get(of);
        if (signer === undefined) throw new CertusError('no_signing_key', `${of} has no key`);
        return signer;
      },
    }),
    trust: createSignatureTrustActivities(
      trust as unknown as Parameters<typeof createSignatureTrustActivities>[0],
    ),
    transform: createLocationActivities({ raw, golden, registry, registryNamespace: 'certus', keySet }),
  };
  const connection = await NativeConnection.connect({ address });
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: resolve('workflows/sign-workflow.ts'),
    logger: new DefaultLogger('WARN'),
  });
  const running = new Map<Zone, { worker: Worker; ended: Promise<void> }>();
  const start = async (zone: Zone) => {
    const worker = await Worker.create({
      connection,
      taskQueue: taskQueue(zone),
      activities: activities[zone] ?? {},
      ...(zone === 'assurance' ? { workflowBundle } : {}),
      interceptors: { activity: [failures] },
    });
    running.set(zone, { worker, ended: worker.run() });
  };
  const stop = async (zone: Zone) => {
    const { worker, ended } = running.get(zone) ?? {};
    running.delete(zone);
    worker?.shutdown();
    await ended;
  };
  for (const zone of ['assurance', 'trust', 'transform'] as const) await start(zone);

  const app = express();
  app.use((_request, response, next) => {
    response.locals.requestId = 'test';
    next();
  });
  const objects = { uploads: async () => uploads, raw, golden, quarantine: golden };
  const quiet = pino({ level: 'silent' });
  const authenticator = {
    // the token is the name of the tenant
    authenticate: async (header: string | undefined) => ({
      subject: 'tester',
      tenant: header?.replace('Bearer ', '') ?? tenant,
    }),
  };
  mountRoutes(app, signRoutes({ database, temporal, objects, keyless }), authenticator as never, quiet);
  app.use(problemHandler(quiet));
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    tenant,
    keys,
    evidence,
    permit,
    promotion,
    keySet,
    raw,
    uploads,
    golden,
    registry,
    database,
    temporal,
    reader: openTransparencyReader(database),
    start,
    stop,
    ask: async (
      method: string,
      path: string,
      body?: unknown,
      more: { key?: string; tenant?: string } = {},
    ): Promise<Reply> => {
      const answer = await fetch(`${url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${more.tenant ?? tenant}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(more.key === undefined ? {} : { 'idempotency-key': more.key }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: answer.status, headers: answer.headers, json: await answer.json() };
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      for (const zone of [...running.keys()]) await stop(zone);
      await connection.close();
      await Promise.all([temporal.connection.close(), database.close(), store.close()]);
      await own.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const failures = () => ({
  inbound: {
    execute: <I, O>(input: I, next: (input: I) => Promise<O>) =>
      next(input).catch((error: unknown) => {
        throw toTemporalFailure(error);
      }),
  },
});
