import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import { AuditId, AuditRequest, AuditView } from '../../contracts/retention.ts';
import { findAudit, listAudits } from '../../services/database/golden-audits.ts';
import type { Principal } from '../authentication.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { ApiDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';
import { auditExample } from './examples.ts';
import { auditView } from './golden-view.ts';
import { startAudit } from './start-audit.ts';

const View = AuditView.meta({ id: 'GoldenAudit' });
const Place = z.tuple([z.iso.datetime(), AuditId]);

/** Whether golden still is what was promoted. */
export function auditRoutes(deps: ApiDeps): Route[] {
  return [audit(deps), list(deps), show(deps)];
}

const audit = (deps: ApiDeps) =>
  route({
    method: 'post',
    path: '/v1/audits/golden',
    id: 'auditGolden',
    summary: 'Hold golden copies to what was promoted',
    description:
      'Reads every object again, those copies first that were not looked at for the longest time. A copy that is not what ' +
      'was promoted is taken away into quarantine. The same is done every day without being asked. Answers with what was ' +
      'found when that comes within a few seconds; otherwise Location will have it.',
    tag: 'golden',
    auth: 'token',
    role: 'admin',
    body: {
      schema: AuditRequest.meta({ id: 'AuditRequest' }),
      examples: { everything: {}, some: { workspace_id: 'default', sample: 0.1 } },
    },
    answers: {
      202: {
        description: 'Begun; `state` tells whether it has ended.',
        schema: View,
        example: auditExample,
        headers: z.object({ Location: z.string().meta({ description: 'Path of the audit.' }) }),
      },
    },
    errors: ['invalid_request', 'dependency_unavailable'],
    handle: async ({ principal, body }) => {
      const id = await startAudit(deps, principal, body);
      return {
        status: 202,
        headers: { Location: `/v1/audits/golden/${id}` },
        body: await viewOf(deps, principal, id),
      };
    },
  });

const list = (deps: ApiDeps) =>
  route({
    method: 'get',
    path: '/v1/audits/golden',
    id: 'listGoldenAudits',
    summary: 'Audits of golden, the newest first',
    tag: 'golden',
    auth: 'token',
    query: z.strictObject({
      limit: z.coerce.number().int().min(1).max(100).default(20),
      cursor: z.string().max(200).optional(),
    }),
    answers: {
      200: {
        description: 'Without what they found; ask for a single one to see that.',
        schema: z
          .object({ audits: z.array(View), next_cursor: z.string().nullable() })
          .meta({ id: 'GoldenAuditList' }),
        example: { audits: [{ ...auditExample, drift: [], notices: [] }], next_cursor: null },
      },
    },
    errors: ['invalid_request', 'dependency_unavailable'],
    handle: async ({ principal, query: { limit, cursor } }) => {
      const place = cursor === undefined ? undefined : decodeCursor(cursor, Place);
      const after = place && { startedAt: new Date(place[0]), id: place[1] };
      const { audits, next } = await listAudits(deps.database, principal.tenant, { limit, after });
      return {
        status: 200,
        body: {
          audits: audits.map((record) => ({ ...auditView(record), drift: [], notices: [] })),
          next_cursor: next === undefined ? null : encodeCursor([next.startedAt.toISOString(), next.id]),
        },
      };
    },
  });

const show = (deps: ApiDeps) =>
  route({
    method: 'get',
    path: '/v1/audits/golden/{audit_id}',
    id: 'getGoldenAudit',
    summary: 'How an audit goes, or what it found',
    tag: 'golden',
    auth: 'token',
    params: z.object({ audit_id: AuditId }),
    answers: {
      200: { description: 'The audit.', schema: View, example: auditExample },
    },
    errors: ['invalid_request', 'not_found', 'dependency_unavailable'],
    handle: async ({ principal, params }) => ({
      status: 200,
      body: await viewOf(deps, principal, params.audit_id),
    }),
  });

async function viewOf({ database }: ApiDeps, { tenant }: Principal, id: string): Promise<AuditView> {
  const record = await findAudit(database, tenant, id);
  if (record === undefined) throw new CertusError('not_found', `there is no audit ${id}`);
  return auditView(record);
}
