import { z } from 'zod';
import { TrustEventList, type TrustEventView } from '../../contracts/key-registry.ts';
import { listTrustEvents, type TrustEvent } from '../../services/database/trust-events.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { ApiDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';
import { eventExample } from './examples.ts';

/** The number under which something stands, as text: it may be larger than JavaScript counts. */
export const Place = z
  .string()
  .regex(/^\d{1,18}$/)
  .transform((digits) => BigInt(digits));

const List = TrustEventList.meta({ id: 'EventList' });

/** What happened: to keys and what they signed, to documents and to golden. The shorter path came first, and stays. */
export function eventRoutes(deps: Pick<ApiDeps, 'database'>): Route[] {
  return [
    listing(deps, '/v1/events', 'listEvents', 'What happened, the newest first'),
    listing(deps, '/v1/trust/events', 'listTrustEvents', 'The same, under its earlier name'),
  ];
}

const listing = (deps: Pick<ApiDeps, 'database'>, path: string, id: string, summary: string) =>
  route({
    method: 'get',
    path,
    id,
    summary,
    tag: 'events',
    auth: 'token',
    query: z.strictObject({
      type: z
        .string()
        .regex(/^[a-z_]{1,64}$/)
        .optional(),
      about: z.string().min(1).max(200).optional(),
      limit: z.coerce.number().int().min(1).max(500).default(50),
      cursor: z.string().max(200).optional(),
    }),
    answers: {
      200: {
        description: 'Events.',
        schema: List,
        example: { events: [eventExample], next_cursor: null },
      },
    },
    errors: ['invalid_request', 'dependency_unavailable'],
    handle: async ({ principal, query: { cursor, ...filter } }) => {
      const before = cursor === undefined ? undefined : decodeCursor(cursor, Place);
      const { events, next } = await listTrustEvents(deps.database, principal.tenant, { ...filter, before });
      return {
        status: 200,
        body: {
          events: events.map(eventView),
          next_cursor: next === undefined ? null : encodeCursor(next.toString()),
        },
      };
    },
  });

const eventView = ({ id, type, about, data, at }: TrustEvent): TrustEventView => ({
  id: id.toString(),
  type,
  about,
  data,
  at: at.toISOString(),
});
