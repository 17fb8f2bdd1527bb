import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { z } from 'zod';
import { pingTemporal } from '../services/temporal/client.ts';
import { logError } from './log-error.ts';
import { type Route, route } from './route.ts';

const Alive = z.object({ status: z.literal('ok') }).meta({ id: 'Alive' });

const Health = z
  .object({
    status: z.literal('ok'),
    scanning_mode: z.literal('production'),
    security_module_available: z.literal('True').meta({ description: 'A string, as clients expect it.' }),
    version: z.string(),
  })
  .meta({ id: 'Health' });

const Check = z.enum(['ok', 'unavailable']);
const Readiness = z
  .object({
    status: z.enum(['ready', 'not_ready']),
    checks: z.object({ database: Check, temporal: Check, search: Check }),
  })
  .meta({ id: 'Readiness' });

export type HealthDeps = {
  readonly version: string;
  readonly temporal: Client;
  readonly database: { ping(): Promise<void> };
  readonly search: { ping(): Promise<void> };
};

/** Three questions: does the process live, may traffic be sent to it, and what is it. */
export function healthRoutes(deps: HealthDeps): Route[] {
  return [
    route({
      method: 'get',
      path: '/healthz',
      id: 'getLiveness',
      summary: 'Whether the process lives',
      tag: 'health',
      auth: 'none',
      answers: { 200: { description: 'It lives.', schema: Alive, example: { status: 'ok' } } },
      errors: [],
      handle: async () => ({ status: 200, body: { status: 'ok' } }),
    }),
    route({
      method: 'get',
      path: '/readyz',
      id: 'getReadiness',
      summary: 'Whether the servers behind the API answer',
      tag: 'health',
      auth: 'none',
      answers: {
        200: {
          description: 'All of them answer.',
          schema: Readiness,
          example: { status: 'ready', checks: { database: 'ok', temporal: 'ok', search: 'ok' } },
        },
        503: {
          description: 'At least one does not; `checks` says which.',
          schema: Readiness,
          example: { status: 'not_ready', checks: { database: 'ok', temporal: 'unavailable', search: 'ok' } },
        },
      },
      errors: [],
      handle: async ({ log }) => readiness(deps, log),
    }),
    route({
      method: 'get',
      path: '/v1/health',
      id: 'getHealth',
      summary: 'What this installation is',
      tag: 'health',
      auth: 'none',
      answers: {
        200: {
          description: 'The API answers.',
          schema: Health,
          example: {
            status: 'ok',
            scanning_mode: 'production',
            security_module_available: 'True',
            version: '0.1.0',
          },
        },
      },
      errors: [],
      handle: async () => ({
        status: 200,
        body: {
          status: 'ok',
          scanning_mode: 'production',
          security_module_available: 'True',
          version: deps.version,
        },
      }),
    }),
  ];
}

async function readiness(deps: HealthDeps, log: Logger) {
  const answers = async (part: string, ping: () => Promise<void>) => {
    try {
      await within(3000, ping);
      return 'ok';
    } catch (error) {
      // Whatever the reason, the answer is the same: not ready. The reason is for the log, not for the caller.
      log.warn({ part, err: logError(error) }, 'not ready');
      return 'unavailable';
    }
  };
  const [database, temporal, search] = await Promise.all([
    answers('database', () => deps.database.ping()),
    answers('temporal', () => pingTemporal(deps.temporal)),
    answers('search', () => deps.search.ping()),
  ]);
  const ready = [database, temporal, search].every((check) => check === 'ok');
  return {
    status: ready ? 200 : 503,
    headers: ready ? {} : { 'Retry-After': '5' },
    body: { status: ready ? 'ready' : 'not_ready', checks: { database, temporal, search } },
  };
}

/** A server that accepts the connection and then stays silent must not hold the answer up. */
async function within(milliseconds: number, work: () => Promise<void>): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds);
  try {
    await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
