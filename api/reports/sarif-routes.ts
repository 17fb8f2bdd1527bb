import { hash } from 'node:crypto';
import { z } from 'zod';
import {
  MAX_UPLOAD_BASE64,
  Owner,
  Repository,
  SarifUploadAccepted,
  SarifUploadParameters,
  SarifUploadRequest,
  SarifUploadStatus,
} from '../../contracts/code-scanning.ts';
import { CertusError } from '../../contracts/errors.ts';
import { type Scope, WorkspaceId } from '../../contracts/identifiers.ts';
import { findScan } from '../../services/database/scans.ts';
import type { ApiDeps } from '../deps.ts';
import { invalid } from '../problems.ts';
import { type Route, route } from '../route.ts';
import { settledScan } from '../scans/settle-scan.ts';
import { acceptReport, endedBadly } from './accept-report.ts';
import { repositoryComponent, repositoryName } from './repository-component.ts';

const PATH = '/v1/repos/{owner}/{repo}/code-scanning/sarifs';
const ID = '6f1e2d3c-0000-4000-8000-0123456789ab';

/**
 * The routes by which pipelines hand SARIF to a code host, so that they send it here unchanged. What comes is scanned by
 * nobody: it is normalised, gated, signed and published like the findings of our own tools.
 */
export function sarifRoutes(deps: ApiDeps): Route[] {
  return [upload(deps), status(deps)];
}

const upload = (deps: ApiDeps) =>
  route({
    method: 'post',
    path: PATH,
    id: 'uploadSarif',
    summary: 'Bring the findings of another pipeline as SARIF',
    description: 'Accepts what code hosts accept. The same report for the same commit starts nothing twice.',
    tag: 'reports',
    auth: 'token',
    params: z.object({ owner: Owner, repo: Repository }),
    query: SarifUploadParameters,
    body: {
      schema: SarifUploadRequest.meta({ id: 'SarifUpload' }),
      limit: MAX_UPLOAD_BASE64,
      examples: {
        minimal: { commit_sha: 'a'.repeat(40), ref: 'refs/heads/main', sarif: 'H4sIAAAAAAAA/w==' },
      },
    },
    answers: {
      202: {
        description: 'Stored; ask `url` what became of it.',
        schema: SarifUploadAccepted.meta({ id: 'SarifAccepted' }),
        example: { id: ID, url: `/v1/repos/acme/shop/code-scanning/sarifs/${ID}` },
        headers: z.object({ Location: z.string().meta({ description: 'The same as `url`.' }) }),
      },
    },
    errors: ['invalid_request', 'unknown_profile', 'payload_too_large', 'dependency_unavailable'],
    handle: async ({ principal, params, query, body }) => {
      const scope = { tenant: principal.tenant, workspace: query.workspace_id };
      const bytes = compressed(body.sarif);
      const report = {
        scope,
        component: query.component_id ?? repositoryComponent(params.owner, params.repo),
        profile: query.profile,
        source: {
          type: 'sarif' as const,
          sha256: hash('sha256', bytes),
          commit: body.commit_sha.toLowerCase(),
          ref: body.ref,
          repository: repositoryName(params.owner, params.repo),
        },
      };
      const testId = await acceptReport(deps, principal, report, bytes);
      const id = uploadId(testId);
      const url = `${PATH.replace('{owner}', params.owner).replace('{repo}', params.repo)}/${id}${whereFrom(scope)}`;
      return { status: 202, headers: { Location: url }, body: { id, url } };
    },
  });

const status = (deps: ApiDeps) =>
  route({
    method: 'get',
    path: `${PATH}/{sarif_id}`,
    id: 'getSarifUpload',
    summary: 'What became of an upload',
    tag: 'reports',
    auth: 'token',
    params: z.object({ owner: Owner, repo: Repository, sarif_id: z.uuid() }),
    query: z.strictObject({ workspace_id: WorkspaceId.default('default') }),
    answers: {
      200: {
        description: '`pending` until the findings are there.',
        schema: SarifUploadStatus.meta({ id: 'SarifStatus' }),
        example: {
          processing_status: 'complete',
          analyses_url: '/v1/security-scans/test_0123456789abcdef/findings',
          errors: null,
        },
      },
    },
    errors: ['invalid_request', 'not_found', 'dependency_unavailable'],
    handle: async ({ principal, params, query }) => {
      const scope = { tenant: principal.tenant, workspace: query.workspace_id };
      const found = await findScan(deps.database, scope, testIdOf(params.sarif_id));
      const repository = repositoryName(params.owner, params.repo);
      if (found?.source.type !== 'sarif' || found.source.repository !== repository)
        throw new CertusError('not_found', 'there is no such upload of this repository');
      const scan = await settledScan(deps, scope, found);
      const failed = endedBadly(scan);
      const complete = scan.verdict !== null;
      const problems = [...scan.errors, ...scan.warnings].map(({ code, message, path }) =>
        path === undefined ? `${code}: ${message}` : `${code}: ${message} (${path})`,
      );
      return {
        status: 200,
        body: {
          processing_status: failed ? 'failed' : complete ? 'complete' : 'pending',
          analyses_url: complete
            ? `/v1/security-scans/${scan.testId}/findings?workspace_id=${scope.workspace}`
            : null,
          errors: problems.length > 0 ? problems : null,
        },
      };
    },
  });

/** Only what says it is gzip is stored; what is in it is for a worker to find out, within its limits. */
function compressed(base64: string): Buffer {
  const bytes = Buffer.from(base64, 'base64');
  const compressedByGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  // Node skips what is no Base64: what comes out would be stored, and only be found broken by a worker
  if (!compressedByGzip || /[^A-Za-z0-9+/=\s]/.test(base64))
    throw invalid([{ path: 'sarif', message: 'is not gzip encoded as Base64' }]);
  return bytes;
}

/** Clients expect a UUID: the test's 128 bits, written as one. */
const uploadId = (testId: string): string =>
  testId.slice('test_'.length).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
const testIdOf = (id: string): string => `test_${id.toLowerCase().replaceAll('-', '')}`;

const whereFrom = ({ workspace }: Scope): string =>
  workspace === 'default' ? '' : `?workspace_id=${workspace}`;
