import type { Scope } from '../../contracts/identifiers.ts';
import { uploadPartKey } from '../../contracts/object-keys.ts';
import { PART_BYTES_MAX, type UploadSessionView } from '../../contracts/uploads.ts';
import { findReceived } from '../../services/database/received-documents.ts';
import type { SessionRecord } from '../../services/database/upload-sessions.ts';
import { bytesOf, piecesSoFar } from '../../services/documents/upload-pieces.ts';
import type { ApiDeps } from '../deps.ts';
import { documentView } from './document-view.ts';

type Deps = Pick<ApiDeps, 'database' | 'objects' | 'settings'>;

/** How far an upload has come, and where to go on. */
export async function sessionView(
  deps: Deps,
  scope: Scope,
  session: SessionRecord,
): Promise<UploadSessionView> {
  const uploads = await deps.objects.uploads();
  const { id, name, size, sha256, mode, state, expiresAt } = session;
  const document = state === 'received' ? await findReceived(deps.database, scope, name) : undefined;
  return {
    upload_id: id,
    name,
    size,
    sha256,
    mode,
    state,
    offset:
      state === 'received'
        ? size
        : bytesOf(await piecesSoFar({ database: deps.database, uploads }, scope, session)),
    part_bytes_max: mode === 'presigned' ? Math.max(size, 1) : PART_BYTES_MAX,
    expires_at: expiresAt.toISOString(),
    presigned: mode === 'presigned' && state === 'open' ? await addressFor(deps, scope, session) : null,
    document: document === undefined ? null : documentView(deps, scope, document),
    error: session.error,
  };
}

/** Of the store where it has a door of its own for something of this size, and of this API otherwise: clients do the same. */
async function addressFor(
  { objects }: Deps,
  scope: Scope,
  { id, size, sha256, expiresAt }: SessionRecord,
): Promise<UploadSessionView['presigned']> {
  const uploads = await objects.uploads();
  const left = Math.floor((expiresAt.getTime() - Date.now()) / 1000);
  if (left < 1) return null;
  if (uploads.presignPut && size <= LARGEST_PUT)
    return uploads.presignPut(uploadPartKey(scope, id, 0), {
      seconds: Math.min(left, LONGEST_SECONDS),
      size,
      sha256,
    });
  return {
    url: `/v1/uploads/sessions/${id}/parts?offset=0&workspace_id=${scope.workspace}`,
    method: 'PUT',
    headers: { 'Content-Type': 'application/octet-stream' },
  };
}

/** What S3 takes at once, and how long it lets an address live. */
const LARGEST_PUT = 5 * 1024 ** 3;
const LONGEST_SECONDS = 7 * 24 * 60 * 60;
