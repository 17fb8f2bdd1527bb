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
import { reportKey } from '../../contracts/object-keys.ts';
import { findScan } from '../../services/database/scans.ts';
import type { ApiDeps } from '../deps.ts';
import { invalid } from '../problems.ts';
import { type Route, route } from '../route.ts';
import { scanOfReport } from '../scans/accepted-scan.ts';
import { startRecorded } from '../scans/create-scan.ts';
import { repositoryComponent } from './repository-component.ts';

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
      limit: MAX_UPLOAD_BASE64 + 64 * 1024,
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
      const report = compressed(body.sarif);
      const sha256 = hash('sha256', report);
      const input = scanOfReport(principal, {
        scope,
        component: query.component_id ?? repositoryComponent(params.owner, params.repo),
        profile: query.profile,
        source: {
          type: 'sarif',
          sha256,
          commit: body.commit_sha.toLowerCase(),
          ref: body.ref,
          repository: `${params.owner}/${params.repo}`,
        },
      });
      const uploads = await deps.objects.uploads();
      await uploads.put(reportKey(scope, sha256), report, { contentType: 'application/gzip', sha256 });
      await startRecorded(deps, input);
      const id = uploadId(input.testId);
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
      const scan = await findScan(deps.database, scope, testIdOf(params.sarif_id));
      const repository = `${params.owner}/${params.repo}`.toLowerCase();
      if (scan?.source.type !== 'sarif' || scan.source.repository.toLowerCase() !== repository)
        throw new CertusError('not_found', 'there is no such upload of this repository');
      const failed = scan.status === 'FAILED' || scan.status === 'CANCELLED';
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
  const plain = bytes.length === 0 || bytes[0] !== 0x1f || bytes[1] !== 0x8b;
  if (plain) throw invalid([{ path: 'sarif', message: 'is not gzip encoded as Base64' }]);
  return bytes;
}

/** Clients expect a UUID: the test's 128 bits, written as one. */
const uploadId = (testId: string): string =>
  testId.slice('test_'.length).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
const testIdOf = (id: string): string => `test_${id.toLowerCase().replaceAll('-', '')}`;

const whereFrom = ({ workspace }: Scope): string =>
  workspace === 'default' ? '' : `?workspace_id=${workspace}`;
