import { z } from 'zod';
import type { ErrorCode } from '../../contracts/errors.ts';
import { type Scope, Sha256, WorkspaceId } from '../../contracts/identifiers.ts';
import {
  type UploadedDocument,
  UploadId,
  UploadSessionRequest,
  UploadSessionView,
} from '../../contracts/uploads.ts';
import { AtOnce } from '../archives/at-once.ts';
import type { ApiDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';
import { announcedDigest, DigestHeaders } from './announced-digest.ts';
import { beginSession } from './begin-session.ts';
import { commitSession } from './commit-session.ts';
import { presignedExample, receivedExample, sessionExample, sessionRequestExamples } from './examples.ts';
import { existingSession, requireOpen } from './find-session.ts';
import { sessionView } from './session-view.ts';
import { takePart } from './take-part.ts';

type Deps = Pick<ApiDeps, 'database' | 'objects' | 'settings' | 'temporal'>;
type View = z.ZodType<UploadSessionView>;

const PATH = '/v1/uploads/sessions';
const Here = z.strictObject({ workspace_id: WorkspaceId.default('default') });
const Params = z.object({ id: UploadId });
const Location = z.object({ Location: z.string().meta({ description: 'Where to ask how far it is.' }) });

/** Large documents: announced whole, brought in pieces or straight to the store, and put together at the end. */
export function sessionRoutes(deps: Deps, document: z.ZodType<UploadedDocument>): Route[] {
  const view = UploadSessionView.extend({ document: document.nullable() }).meta({ id: 'UploadSession' });
  return [open(deps, view), part(deps, view), show(deps, view), commit(deps, view)];
}

const at = (scope: Scope, id: string) => `${PATH}/${id}?workspace_id=${scope.workspace}`;

const open = (deps: Deps, view: View) =>
  route({
    method: 'post',
    path: PATH,
    id: 'openUpload',
    summary: 'Announce a large document',
    description:
      'Whoever was cut off announces the same again and is told where to go on. `resumable` takes pieces at their offsets; ' +
      '`presigned` names one address that takes all of it: of the store where that has one, or a path of this API, which takes the token.',
    tag: 'documents',
    auth: 'token',
    body: {
      schema: UploadSessionRequest.meta({ id: 'UploadSessionRequest' }),
      examples: sessionRequestExamples,
    },
    answers: {
      201: {
        description: 'Open until `expires_at`.',
        schema: view,
        example: presignedExample,
        headers: Location,
      },
      200: { description: 'It was begun already.', schema: view, example: sessionExample, headers: Location },
    },
    errors: [
      'invalid_request',
      'invalid_key',
      'object_conflict',
      'too_many_attempts',
      'dependency_unavailable',
    ],
    handle: async ({ principal, body }) => {
      const scope = { tenant: principal.tenant, workspace: body.workspace_id };
      const { created, session } = await beginSession(deps, principal, scope, body);
      return {
        status: created ? 201 : 200,
        headers: { Location: at(scope, session.id) },
        body: await sessionView(deps, scope, session),
      };
    },
  });

const MOST_PARTS_AT_ONCE = 16;

const part = (deps: Deps, view: View) => {
  const receiving = new AtOnce(MOST_PARTS_AT_ONCE);
  return route({
    method: 'put',
    path: `${PATH}/{id}/parts`,
    id: 'uploadPart',
    summary: 'Bring a piece of a large document',
    description: 'At its offset, alone as application/octet-stream. Sent again it is the same.',
    tag: 'documents',
    auth: 'token',
    params: Params,
    query: Here.extend({
      offset: z.coerce.number().int().min(0),
      sha256: Sha256.optional().meta({ description: 'What the bytes of the piece must hash to.' }),
    }),
    headers: DigestHeaders,
    upload: { field: 'file', description: 'The piece.' },
    answers: { 200: { description: 'It stands.', schema: view, example: sessionExample } },
    errors: [...OF_A_SESSION, 'checksum_mismatch', 'object_conflict'],
    handle: ({ principal, params, query, headers, upload }) =>
      receiving.during(async () => {
        const scope = { tenant: principal.tenant, workspace: query.workspace_id };
        const session = await existingSession(deps, scope, params.id);
        requireOpen(session, new Date());
        const sha256 = announcedDigest(query.sha256, headers);
        await takePart(deps, upload, scope, session, { offset: query.offset, sha256 });
        return { status: 200, body: await sessionView(deps, scope, session) };
      }),
  });
};

const OF_A_SESSION: readonly ErrorCode[] = [
  'invalid_request',
  'upload_not_found',
  'upload_expired',
  'upload_incomplete',
  'dependency_unavailable',
];

const show = (deps: Deps, view: View) =>
  route({
    method: 'get',
    path: `${PATH}/{id}`,
    id: 'getUpload',
    summary: 'How far an upload has come',
    tag: 'documents',
    auth: 'token',
    params: Params,
    query: Here,
    answers: { 200: { description: '`offset` is where to go on.', schema: view, example: sessionExample } },
    errors: ['invalid_request', 'upload_not_found', 'dependency_unavailable'],
    handle: async ({ principal, params, query }) => {
      const scope = { tenant: principal.tenant, workspace: query.workspace_id };
      const session = await existingSession(deps, scope, params.id);
      return { status: 200, body: await sessionView(deps, scope, session) };
    },
  });

const commit = (deps: Deps, view: View) =>
  route({
    method: 'post',
    path: `${PATH}/{id}/commit`,
    id: 'commitUpload',
    summary: 'Say that everything has been brought',
    description:
      'The pieces are put together and held to the size and the digest that were announced; what does not hold becomes no document.',
    tag: 'documents',
    auth: 'token',
    params: Params,
    body: { schema: Here, examples: { default: {} } },
    answers: {
      200: { description: 'It is a document now.', schema: view, example: receivedExample },
      202: {
        description: 'It is being put together.',
        schema: view,
        example: { ...sessionExample, state: 'committing' },
        headers: Location,
      },
    },
    errors: [...OF_A_SESSION, 'checksum_mismatch', 'object_conflict'],
    handle: async ({ principal, params, body }) => {
      const scope = { tenant: principal.tenant, workspace: body.workspace_id };
      const session = await commitSession(deps, scope, await existingSession(deps, scope, params.id));
      const shown = await sessionView(deps, scope, session);
      return session.state === 'received'
        ? { status: 200, body: shown }
        : { status: 202, headers: { Location: at(scope, session.id) }, body: shown };
    },
  });
