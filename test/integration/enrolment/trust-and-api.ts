import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import express from 'express';
import { pino } from 'pino';
import type { TrustDeps } from '../../../activities/trust/deps.ts';
import { carryOut } from '../../../activities/trust/orders/carry-out.ts';
import type { ApiDeps } from '../../../api/deps.ts';
import { authorityRoutes } from '../../../api/enrolment/authority-routes.ts';
import { enrolmentRoutes } from '../../../api/enrolment/enrolment-routes.ts';
import { mountRoutes } from '../../../api/mount.ts';
import { giveOrder } from '../../../api/orders/give-order.ts';
import { orderRoutes } from '../../../api/orders/order-routes.ts';
import { problemHandler } from '../../../api/problems.ts';
import { requestId } from '../../../api/request-id.ts';
import { close, listen } from '../../../api/server.ts';
import type { KeyRole, KeySet } from '../../../contracts/keys.ts';
import type { OrderOutcome, TrustAction } from '../../../contracts/orders.ts';
import type { LogEntry } from '../../../contracts/transparency.ts';
import { type Database, openDatabase } from '../../../services/database/database.ts';
import type { Signer } from '../../../services/keys/signer.ts';
import { testKey } from '../../unit/domain/custody-fixture.ts';
import { builtInAuthority } from '../../unit/enrolment/authorities.ts';

export type Asked = {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly json: any;
};
export type Installation = {
  readonly address: string;
  readonly database: Database;
  readonly trust: TrustDeps;
  readonly logged: readonly LogEntry[];
  /** How far the clock of Trust is ahead. */
  readonly advance: (milliseconds: number) => void;
  readonly restoreClock: () => void;
  /** While it is away orders are taken and wait. */
  readonly trustIs: (state: 'there' | 'away') => void;
  /** What waits is carried out. */
  readonly catchUp: () => Promise<OrderOutcome[]>;
  /** An order as the API signs it, and what became of it. */
  readonly order: (tenant: string, action: TrustAction) => Promise<{ id: string; result: unknown }>;
  readonly ask: (tenant: string, path: string, body?: unknown) => Promise<Asked>;
  readonly stop: () => Promise<void>;
};

const key = (role: KeyRole): { signer: Signer; trusted: KeySet['keys'][number] } => {
  const { signer, trusted } = testKey(role);
  return {
    signer: { ...signer, publicKeyPem: trusted.public_key_pem },
    trusted: { ...trusted, valid_from: '2020-01-01T00:00:00.000Z', valid_until: null },
  };
};

/** The API's routes and Trust's own way with orders, over a real database; only the engine between them is left out. */
export async function startInstallation(
  folder: string,
  more: Partial<Pick<TrustDeps, 'authority'>> & { readonly gateway?: string } = {},
): Promise<Installation> {
  const database = openDatabase(process.env.CERTUS_DATABASE_URL!);
  const [operator, permit] = [key('operator'), key('permit')];
  const keySet: KeySet = {
    schema: 'https://certus.dev/key-set/v1',
    keys: [operator.trusted, permit.trusted],
  };
  let ahead = 0;
  const now = () => new Date(Date.now() + ahead);
  const builtIn = await builtInAuthority(join(folder, 'authority'), now);
  const logged: LogEntry[] = [];
  const trust: TrustDeps = {
    database,
    permitSigner: permit.signer,
    log: {
      append: async (entries: readonly LogEntry[]) => {
        logged.push(...entries);
        return [];
      },
    },
    keySet,
    permitLifetimeMs: 3_600_000,
    evidenceMaxAgeMs: 3_600_000,
    version: '0.0.0-test',
    authority: builtIn,
    builtInAuthority: builtIn,
    now,
    ...more,
  } as unknown as TrustDeps;

  let away = false;
  const waiting: { tenant: string; orderId: string }[] = [];
  const start = async (_name: string, { args }: { args: [{ tenant: string; orderId: string }] }) => {
    if (away) waiting.push(args[0]);
    const done = away ? Promise.resolve(undefined) : carryOut(trust, args[0]);
    return { result: () => done };
  };
  const deps = {
    database,
    temporal: {
      workflow: { start },
      withDeadline: (_at: number, work: () => unknown) => work(),
      withAbortSignal: (_: AbortSignal, work: () => unknown) => work(),
    } as unknown as Client,
    settings: { CERTUS_AUTHORITY_URL: more.gateway },
    trust: { keySet, operator: operator.signer, authorityChain: builtIn.chainPem },
    // the token is the tenant's name
    authenticator: {
      authenticate: async (header: string | undefined) => ({
        tenant: (header ?? '').replace('Bearer ', ''),
        subject: 'tester',
        roles: ['admin', 'reviewer'],
      }),
    },
    log: pino({ level: 'silent' }),
  } as unknown as ApiDeps;

  const app = express();
  app.use((_request, response, next) => {
    response.locals.requestId = requestId(undefined);
    next();
  });
  mountRoutes(
    app,
    [...enrolmentRoutes(deps), ...authorityRoutes(deps), ...orderRoutes(deps)],
    deps.authenticator,
    deps.log,
  );
  app.use(problemHandler(deps.log));
  const server = await listen(app, '127.0.0.1', 0);
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    address,
    database,
    trust,
    logged,
    advance: (milliseconds) => {
      ahead += milliseconds;
    },
    restoreClock: () => {
      ahead = 0;
    },
    trustIs: (state) => {
      away = state === 'away';
    },
    catchUp: () => Promise.all(waiting.splice(0).map((order) => carryOut(trust, order))),
    order: async (tenant, action) => {
      const given = await giveOrder(deps, { tenant, subject: 'tester', roles: ['admin'] }, action);
      return { id: given.orderId, result: given.result };
    },
    ask: async (tenant, path, body) => {
      const response = await fetch(`${address}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${tenant}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const json = /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : text;
      return { status: response.status, json };
    },
    stop: async () => {
      await close(server);
      await database.close();
    },
  };
}

export const newTenant = (): string => `t-${randomBytes(6).toString('hex')}`;
