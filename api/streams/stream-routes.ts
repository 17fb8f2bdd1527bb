import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import { type Scope, TestId, WorkspaceId } from '../../contracts/identifiers.ts';
import {
  type ScanEvent,
  ScanEventPage,
  ScanEventParameters,
  StreamPlace,
} from '../../contracts/scan-event.ts';
import type { ApiDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';
import { converse } from './converse.ts';
import { followScan } from './follow-scan.ts';
import { requireScan } from './known-scan.ts';
import { serverSent } from './server-sent.ts';

/** Streams one process keeps open; every connection more would be missing for those who only ask something. */
const MOST_STREAMS = 512;

export function streamRoutes(deps: ApiDeps): Route[] {
  return [events(deps), stream(deps)];
}

const Page = ScanEventPage.meta({ id: 'ScanEvents' });

const events = (deps: ApiDeps) =>
  route({
    method: 'get',
    path: '/v1/security-scans/{test_id}/events',
    id: 'getScanEvents',
    summary: 'What a scan tells, as a page or as server-sent events',
    description:
      'With `Accept: text/event-stream` history and then what comes, each event once and in order, as messages whose `id` ' +
      'is `seq`; after `scan_complete` an event `end` follows and the stream is closed. Whoever comes back with ' +
      '`Last-Event-ID` after that gets 204. Otherwise a page: ask again with `after` set to `next`, and with `wait` for ' +
      'an answer as soon as there is something new.',
    tag: 'scans',
    auth: 'token',
    params: z.object({ test_id: TestId }),
    query: ScanEventParameters,
    headers: z.object({
      accept: z.string().max(1024).optional().meta({ description: '`text/event-stream` for the stream.' }),
      'last-event-id': StreamPlace.optional().meta({
        description: 'As `after`, sent by a browser that connects again; the later of the two counts.',
      }),
    }),
    answers: {
      200: {
        description: 'The events.',
        schema: Page,
        example: pageExample,
        alternatives: {
          'text/event-stream': {
            schema: z.string(),
            example: `id: 2\ndata: ${JSON.stringify(pageExample.events[0])}\n\n`,
          },
        },
      },
      204: { description: 'The stream has ended and all of it was read: there is nothing to come back for.' },
    },
    errors: ['invalid_request', 'not_found', 'dependency_unavailable'],
    handle: async ({ principal, params, query, headers }) => {
      const scope = { tenant: principal.tenant, workspace: query.workspace_id };
      const after = Math.max(query.after ?? 0, headers['last-event-id'] ?? 0);
      await requireScan(deps, principal, scope, params.test_id);
      if (!/\btext\/event-stream\b/i.test(headers.accept ?? ''))
        return { status: 200, body: await page(deps, scope, params.test_id, { ...query, after }) };
      if (headers['last-event-id'] !== undefined && (await isOver(deps, scope, params.test_id, after)))
        return { status: 204 };
      requireRoom(deps);
      return {
        status: 200,
        contentType: 'text/event-stream; charset=utf-8',
        // Buffers of proxies would hold back what is meant to be seen now.
        headers: { 'X-Accel-Buffering': 'no' },
        stream: async () =>
          serverSent((signal) => followScan(deps, scope, params.test_id, { after, signal })),
      };
    },
  });

const stream = (deps: ApiDeps) =>
  route({
    method: 'get',
    path: '/v1/security-scans/{test_id}/stream',
    id: 'streamScan',
    summary: 'What a scan tells, over a WebSocket',
    description:
      'A WebSocket (RFC 6455): history and then what comes, each event once and in order, one JSON message each: ' +
      '`{seq, type, timestamp, …}` with `type` one of phase, manifest, tool_start, log, tool_complete, error and ' +
      'scan_complete, after which the server closes with 1000. 1013 asks to come back with `after`. What clients send ' +
      'is ignored. A browser, which cannot send `Authorization` here, offers the protocols `certus.events.v1` and ' +
      '`certus.bearer.<the token in base64url>`; the first one is chosen.',
    tag: 'scans',
    auth: 'token',
    params: z.object({ test_id: TestId }),
    query: z.strictObject({
      workspace_id: WorkspaceId.default('default'),
      after: StreamPlace.default(0).meta({ description: 'Only what comes after this `seq`.' }),
    }),
    answers: { 101: { description: 'The WebSocket is open.' } },
    errors: ['invalid_request', 'not_found', 'upgrade_required', 'dependency_unavailable'],
    handle: async ({ principal, params, query, log }) => {
      const scope = { tenant: principal.tenant, workspace: query.workspace_id };
      await requireScan(deps, principal, scope, params.test_id);
      requireRoom(deps);
      const follow = (signal: AbortSignal) =>
        followScan(deps, scope, params.test_id, { after: query.after, signal });
      return { status: 101, converse: (socket) => converse(socket, follow, log) };
    },
  });

/** A page; where it would be empty and may wait, what comes first. */
async function page(
  { events }: ApiDeps,
  scope: Scope,
  testId: string,
  { after, limit, wait }: { after: number; limit: number; wait: number },
): Promise<ScanEventPage> {
  let { events: found, ended } = await events.read(scope, testId, { after, limit });
  if (found.length === 0 && !ended && wait > 0) {
    const signal = AbortSignal.timeout(wait * 1000);
    for await (const batch of events.followBatches(scope, testId, { after, signal })) {
      found = batch.slice(0, limit);
      break;
    }
    ended = found.at(-1)?.type === 'scan_complete';
  }
  return { events: found, next: found.at(-1)?.seq ?? after, ended };
}

async function isOver({ events }: ApiDeps, scope: Scope, testId: string, after: number): Promise<boolean> {
  const { events: left, ended } = await events.read(scope, testId, { after, limit: 1 });
  return ended && left.length === 0;
}

function requireRoom({ events }: ApiDeps): void {
  if (events.followers() >= MOST_STREAMS)
    throw new CertusError('dependency_unavailable', 'too many streams are open here; come back later');
}

const pageExample: { events: ScanEvent[]; next: number; ended: boolean } = {
  events: [
    { seq: 2, type: 'log', timestamp: 1767225600.5, tool: 'secrets', stream: 'stdout', line: '14 files' },
  ],
  next: 2,
  ended: false,
};
