import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import { PermitId, WorkspaceId } from '../../contracts/identifiers.ts';
import { findPermit } from '../../services/database/permits.ts';
import { bundleWithEntry } from '../../services/sigstore/witness.ts';
import type { ApiDeps } from '../deps.ts';
import { route } from '../route.ts';
import { permitBundleExample } from './examples.ts';
import { openedPermit } from './permit-view.ts';
import { witnessOf } from './witnessed-permit.ts';

/** For tools that know nothing of Certus: what Trust signed, and where it is kept besides. */
export const permitStatementRoute = (deps: Pick<ApiDeps, 'database' | 'trust'>) =>
  route({
    method: 'get',
    path: '/v1/permits/{id}/statement',
    id: 'getPermitStatement',
    summary: 'A permit as it was signed',
    description:
      'A Sigstore bundle, for stock tools. Where a second log keeps the permit, and the proof of that holds, its entry is in it.',
    tag: 'permits',
    auth: 'token',
    params: z.object({ id: PermitId }),
    query: z.strictObject({ workspace_id: WorkspaceId.default('default') }),
    answers: {
      200: {
        description: 'The permit.',
        schema: z.record(z.string(), z.unknown()).meta({ id: 'PermitBundle' }),
        example: permitBundleExample,
      },
    },
    errors: ['invalid_request', 'not_found', 'dependency_unavailable'],
    handle: async ({ principal, params, query }) => {
      const scope = { tenant: principal.tenant, workspace: query.workspace_id };
      const row = await findPermit(deps.database, scope, params.id);
      const opened = row && openedPermit(deps, scope, row);
      if (!row?.statement || opened === undefined)
        throw new CertusError('not_found', 'there is no such permit in this workspace');
      const entry = witnessOf(deps, row, opened.key.public_key_pem);
      const bytes = entry === undefined ? row.statement : bundleWithEntry(row.statement, entry);
      return { status: 200, body: JSON.parse(Buffer.from(bytes).toString('utf8')) };
    },
  });
