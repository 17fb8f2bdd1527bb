import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import { TriageList, TriageParameters, TriageRequest } from '../../contracts/finding-list.ts';
import { Triage } from '../../contracts/triage.ts';
import { decideTriage, listTriage } from '../../services/database/triage.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { ApiDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';
import { triageExample, triageRequestExample } from './examples.ts';

const Decisions = TriageList.extend({ decisions: z.array(Triage.meta({ id: 'Triage' })) }).meta({
  id: 'TriageList',
});
/** Fits into the column, whatever a client makes up. */
const Place = z.object({ id: z.string().regex(/^\d{1,18}$/) });

/** What people decide about findings: it survives rescans, and the gate heeds it. */
export function triageRoutes({ database }: Pick<ApiDeps, 'database'>): Route[] {
  const decide = route({
    method: 'post',
    path: '/v1/triage',
    id: 'decideTriage',
    summary: 'Decide about findings of a component',
    description:
      'Names findings by their fingerprints. The newest decision is in force from the next scan on; all stay on record.',
    tag: 'findings',
    auth: 'token',
    body: {
      schema: TriageRequest.meta({ id: 'TriageRequest' }),
      examples: { accepted: triageRequestExample },
    },
    answers: {
      201: {
        description: 'Recorded, as they are in force now.',
        schema: Decisions,
        example: { decisions: [triageExample], next_cursor: null },
      },
    },
    errors: ['invalid_request', 'dependency_unavailable'],
    handle: async ({ principal, body }) => {
      const scope = { tenant: principal.tenant, workspace: body.workspace_id };
      const now = new Date();
      if (body.until !== undefined && new Date(body.until) <= now)
        throw new CertusError('invalid_request', 'an acceptance ends in the future', {
          fields: [{ path: 'until', message: 'lies in the past' }],
        });
      const decisions = [...new Set(body.fingerprints)].map((fingerprint) => ({
        fingerprint,
        state: body.state,
        reason: body.reason,
        actor: body.actor ?? principal.subject,
        until: body.until === undefined ? null : new Date(body.until).toISOString(),
        decided_at: now.toISOString(),
      }));
      await decideTriage(database, scope, body.component_id, decisions);
      return { status: 201, body: { decisions, next_cursor: null } };
    },
  });

  const show = route({
    method: 'get',
    path: '/v1/triage',
    id: 'listTriage',
    summary: 'What has been decided about the findings of a component',
    tag: 'findings',
    auth: 'token',
    query: TriageParameters,
    answers: {
      200: {
        description: 'The decisions in force, newest first; with `fingerprint`, all about that one.',
        schema: Decisions,
        example: { decisions: [triageExample], next_cursor: null },
      },
    },
    errors: ['invalid_request', 'dependency_unavailable'],
    handle: async ({ principal, query: { workspace_id, component_id, fingerprint, limit, cursor } }) => {
      const scope = { tenant: principal.tenant, workspace: workspace_id };
      const { decisions, next } = await listTriage(database, scope, component_id, {
        fingerprint,
        limit,
        after: cursor === undefined ? undefined : BigInt(decodeCursor(cursor, Place).id),
      });
      const next_cursor = next === undefined ? null : encodeCursor({ id: String(next) });
      const body: TriageList = { decisions, next_cursor };
      return { status: 200, body };
    },
  });
  return [decide, show];
}
