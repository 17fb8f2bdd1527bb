import { z } from 'zod';
import { ArtifactList } from '../../contracts/artifact.ts';
import { BundlePath } from '../../contracts/bundle.ts';
import { CertusError } from '../../contracts/errors.ts';
import { type Scope, TestId, WorkspaceId } from '../../contracts/identifiers.ts';
import type { ScanRecord } from '../../services/database/scan-record.ts';
import type { ApiDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';
import { existingScan } from '../scans/existing-scan.ts';
import { allowHeld } from './allow-held.ts';
import { type Evidence, findEvidence } from './find-evidence.ts';
import { disposition, sendArtifact } from './send-artifact.ts';

/** How long an address that needs no token may be used. */
const PRESIGNED_SECONDS = 300;

export function artifactRoutes(deps: ApiDeps): Route[] {
  return [list(deps), download(deps)];
}

const Workspace = z.object({ workspace_id: WorkspaceId.default('default') });

const list = (deps: ApiDeps) =>
  route({
    method: 'get',
    path: '/v1/security-scans/{test_id}/artifacts',
    id: 'listArtifacts',
    summary: 'List the evidence of a scan',
    description:
      'Every file that the index of the bundle lists, and the statements about it; none before there is one. Of a published ' +
      'scan it is the copy in golden, masked where the privacy gate has masked it. `held` marks files that are for reviewers alone.',
    tag: 'scans',
    auth: 'token',
    params: z.object({ test_id: TestId }),
    query: Workspace.strict(),
    answers: {
      200: { description: 'The files.', schema: ArtifactList.meta({ id: 'ArtifactList' }), example },
    },
    errors: ['invalid_request', 'not_found', 'bundle_invalid', 'object_not_found', 'dependency_unavailable'],
    handle: async ({ principal, params, query }) => {
      const scope = { tenant: principal.tenant, workspace: query.workspace_id };
      const scan = await existingScan(deps, scope, params.test_id);
      const evidence = await findEvidence(deps, scope, scan);
      return { status: 200, body: listView(scope, scan, evidence) };
    },
  });

const download = (deps: ApiDeps) =>
  route({
    method: 'get',
    path: '/v1/security-scans/{test_id}/artifacts/{path}',
    rest: 'path',
    id: 'getArtifact',
    summary: 'Download a file of the evidence',
    description:
      'The bytes that the index lists, or an answer that breaks off before its end when they have changed. One range is ' +
      'answered with 206; the ETag is the SHA-256. With `presign=true` a store that can do so is asked to hand the file ' +
      'over itself: 307 to an address that works without a token for five minutes. What the privacy gate holds back needs the role ' +
      'reviewer, and who reads it goes on record.',
    tag: 'scans',
    auth: 'token',
    params: z.object({
      test_id: TestId,
      path: BundlePath.meta({ description: 'As listed, with its slashes.' }),
    }),
    query: Workspace.extend({ presign: z.enum(['true', 'false']).default('false') }).strict(),
    headers: z.object({
      range: z.string().max(256).optional().meta({ description: 'One range: `bytes=0-1023`.' }),
      'if-range': z.string().max(256).optional(),
      'if-none-match': z.string().max(4096).optional(),
    }),
    answers: {
      200: { description: 'The file.', schema: Bytes, contentType: 'application/octet-stream', headers: Tag },
      206: {
        description: 'A part of it.',
        schema: Bytes,
        contentType: 'application/octet-stream',
        headers: Tag.extend({ 'Content-Range': z.string() }),
      },
      304: { description: 'You have it: it is named by If-None-Match.', headers: Tag },
      307: {
        description: 'To where it can be had from without a token.',
        headers: z.object({ Location: z.string() }),
      },
    },
    errors: [
      'invalid_request',
      'not_found',
      'range_not_satisfiable',
      'bundle_invalid',
      'digest_mismatch',
      'object_not_found',
      'dependency_unavailable',
    ],
    handle: async ({ principal, params, query, headers }) => {
      const scope = { tenant: principal.tenant, workspace: query.workspace_id };
      const scan = await existingScan(deps, scope, params.test_id);
      const evidence = await findEvidence(deps, scope, scan);
      const file = evidence?.files.find(({ path }) => path === params.path);
      if (evidence === undefined || file === undefined)
        throw new CertusError('not_found', 'the evidence of this scan has no such file');
      if (evidence.held.has(file.path)) await allowHeld(deps, principal, scope, scan, file);
      const { bucket, prefix } = evidence;
      const key = `${prefix}${file.path}`;
      if (query.presign === 'true' && bucket.presign) {
        const Location = await bucket.presign(key, {
          seconds: PRESIGNED_SECONDS,
          contentType: file.media_type,
          contentDisposition: disposition(file),
        });
        return { status: 307, headers: { Location } };
      }
      return sendArtifact(bucket, key, file, headers);
    },
  });

const Bytes = z.string().meta({ format: 'binary' });
const Tag = z.object({ ETag: z.string().meta({ description: 'The SHA-256, in quotes.' }) });

function listView({ workspace }: Scope, scan: ScanRecord, evidence: Evidence | undefined): ArtifactList {
  const names = new Map(Object.entries(scan.artifacts).map(([name, path]) => [path, name]));
  return {
    test_id: scan.testId,
    store: evidence?.store ?? null,
    bundle_digest: scan.bundleDigest,
    artifacts: (evidence?.files ?? []).map((file) => ({
      ...file,
      held: evidence?.held.has(file.path) ?? false,
      name: names.get(file.path) ?? null,
      url: `/v1/security-scans/${scan.testId}/artifacts/${file.path}?workspace_id=${workspace}`,
    })),
  };
}

const example: ArtifactList = {
  test_id: 'test_0123456789abcdef01234567',
  store: 'golden',
  bundle_digest: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  artifacts: [
    {
      name: 'findings',
      held: false,
      path: 'findings.json',
      media_type: 'application/json',
      size: 1234,
      sha256: '60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752',
      url: '/v1/security-scans/test_0123456789abcdef01234567/artifacts/findings.json?workspace_id=default',
    },
  ],
};
