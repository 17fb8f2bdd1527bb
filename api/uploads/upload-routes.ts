import { z } from 'zod';
import { DocumentName } from '../../contracts/documents.ts';
import { Sha256, WorkspaceId } from '../../contracts/identifiers.ts';
import { DocumentPage, UploadedDocument } from '../../contracts/uploads.ts';
import { listReceived } from '../../services/database/received-documents.ts';
import { AtOnce } from '../archives/at-once.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { ApiDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';
import { announcedDigest, DigestHeaders } from './announced-digest.ts';
import { documentView } from './document-view.ts';
import { documentExample } from './examples.ts';
import { receiveDocument } from './receive-document.ts';
import { sessionRoutes } from './session-routes.ts';

type Deps = Pick<ApiDeps, 'database' | 'objects' | 'settings' | 'temporal'>;

/** Made once: the same answer of several routes is one schema of the document. */
const Document = UploadedDocument.meta({ id: 'UploadedDocument' });

/** What people bring, and what they have brought. */
export function uploadRoutes(deps: Deps): Route[] {
  return [raw(deps), ...sessionRoutes(deps, Document), list(deps)];
}

/** Each is on the disk of this server until it is stored. */
const MOST_AT_ONCE = 8;

const raw = (deps: Deps) => {
  const receiving = new AtOnce(MOST_AT_ONCE);
  return route({
    method: 'post',
    path: '/v1/uploads/raw',
    id: 'uploadDocument',
    summary: 'Bring a document',
    description:
      'It is stored under the prefix and its file name, folders and all, and never replaced: brought again it is found (200), ' +
      'and other bytes under its name are refused. Its type is told by its content. Nothing of it is published before it is promoted.',
    tag: 'documents',
    auth: 'token',
    query: z.strictObject({
      workspace_id: WorkspaceId.default('default'),
      prefix: z
        .string()
        .max(1000)
        .regex(/^(?:.*\/)?$/s, 'is empty or ends with "/"')
        .default('active/')
        .meta({ description: 'The folder that it goes to.' }),
      name: z
        .string()
        .max(2000)
        .optional()
        .meta({ description: 'Name of a file that is sent alone; a form has it.' }),
      sha256: Sha256.optional().meta({ description: 'What its bytes must hash to.' }),
    }),
    headers: DigestHeaders,
    upload: { field: 'file', description: 'The document.' },
    answers: {
      201: { description: 'Stored.', schema: Document, example: documentExample },
      200: { description: 'It was there already.', schema: Document, example: documentExample },
    },
    errors: [
      'invalid_request',
      'invalid_key',
      'checksum_mismatch',
      'object_conflict',
      'dependency_unavailable',
    ],
    handle: ({ principal, query, headers, upload, log }) =>
      receiving.during(async () => {
        const scope = { tenant: principal.tenant, workspace: query.workspace_id };
        const { prefix, name } = query;
        const sha256 = announcedDigest(query.sha256, headers);
        const sent = { scope, prefix, name, sha256, by: principal.subject };
        const { created, document } = await receiveDocument(deps, upload, sent, log);
        return { status: created ? 201 : 200, body: documentView(deps, scope, document) };
      }),
  });
};

const Place = z.strictObject({ after: DocumentName });

const list = (deps: Deps) =>
  route({
    method: 'get',
    path: '/v1/documents',
    id: 'listDocuments',
    summary: 'List the documents that were brought',
    tag: 'documents',
    auth: 'token',
    query: z.strictObject({
      workspace_id: WorkspaceId.default('default'),
      prefix: z.string().max(700).default('').meta({ description: 'Only those whose name begins with it.' }),
      limit: z.coerce.number().int().min(1).max(1000).default(100),
      cursor: z.string().max(2000).optional(),
    }),
    answers: {
      200: {
        description: 'In byte order of their names.',
        schema: DocumentPage.extend({ documents: z.array(Document) }).meta({ id: 'DocumentPage' }),
        example: { documents: [documentExample], next_cursor: null },
      },
    },
    errors: ['invalid_request', 'dependency_unavailable'],
    handle: async ({ principal, query: { workspace_id, prefix, limit, cursor } }) => {
      const scope = { tenant: principal.tenant, workspace: workspace_id };
      const after = cursor === undefined ? undefined : decodeCursor(cursor, Place).after;
      const rows = await listReceived(deps.database, scope, {
        prefix: prefix.normalize('NFC'),
        after,
        limit: limit + 1,
      });
      const shown = rows.slice(0, limit);
      const last = shown.at(-1)?.name;
      const next = rows.length > limit && last !== undefined ? encodeCursor({ after: last }) : null;
      return {
        status: 200,
        body: { documents: shown.map((row) => documentView(deps, scope, row)), next_cursor: next },
      };
    },
  });
