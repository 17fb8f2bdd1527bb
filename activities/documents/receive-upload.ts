import { Readable } from 'node:stream';
import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { uploadPartKey } from '../../contracts/object-keys.ts';
import type { ReceiveUploadInput } from '../../contracts/uploads.ts';
import type { PartRecord } from '../../services/database/upload-parts.ts';
import {
  endSession,
  findSession,
  type SessionRecord,
  type UploadFailure,
} from '../../services/database/upload-sessions.ts';
import { keepDocument } from '../../services/documents/keep-document.ts';
import { bytesOf, piecesSoFar } from '../../services/documents/upload-pieces.ts';
import { MEDIA_HEAD_BYTES, mediaTypeOf } from '../../services/files/media-type.ts';
import { removePieces } from './remove-pieces.ts';
import type { UploadDeps } from './upload-deps.ts';

/**
 * Makes a document of an upload that came in pieces, if it is what was announced. The row says how it ended before the pieces
 * go, so that whoever comes after a crash has only to clear up.
 */
export async function receiveUpload(
  deps: UploadDeps,
  { tenant, workspace, uploadId }: ReceiveUploadInput,
): Promise<void> {
  const scope: Scope = { tenant, workspace };
  const session = await findSession(deps.database, scope, uploadId);
  if (session === undefined) throw new CertusError('upload_not_found', 'there is no such upload');
  if (session.state === 'open' || session.state === 'committing') await settle(deps, scope, session);
  await removePieces(deps, scope, uploadId);
}

async function settle(deps: UploadDeps, scope: Scope, session: SessionRecord): Promise<void> {
  try {
    await putTogether(deps, scope, session);
  } catch (error) {
    const failure = finalFailure(error);
    if (failure === undefined) throw error;
    const end = { state: 'failed', error: failure, counts: true, at: deps.now() } as const;
    return endSession(deps.database, scope, session, end);
  }
  const end = { state: 'received', error: null, counts: false, at: deps.now() } as const;
  await endSession(deps.database, scope, session, end);
}

/** What no other try mends, in words for whoever brought it. */
function finalFailure(error: unknown): UploadFailure | undefined {
  if (!(error instanceof CertusError)) return undefined;
  switch (error.code) {
    case 'digest_mismatch':
      return { code: 'checksum_mismatch', message: 'what was brought has not the announced SHA-256' };
    case 'object_not_found':
      return { code: 'upload_incomplete', message: 'a piece is not there any more' };
    case 'upload_incomplete':
    case 'object_conflict':
      return { code: error.code, message: error.message };
    default:
      return undefined;
  }
}

async function putTogether(deps: UploadDeps, scope: Scope, session: SessionRecord): Promise<void> {
  const { name, size, sha256, createdBy } = session;
  const pieces = await piecesSoFar(deps, scope, session);
  if (bytesOf(pieces) !== size)
    throw new CertusError('upload_incomplete', `${bytesOf(pieces)} of ${size} bytes have arrived`);
  const media_type = await mediaTypeOf(await beginning(deps, scope, session.id, pieces));
  const document = { name, sha256, size, media_type, receivedBy: createdBy, receivedAt: deps.now() };
  await keepDocument(deps, scope, document, () => Readable.from(bytes(deps, scope, session, pieces)));
}

async function beginning(
  { uploads }: UploadDeps,
  scope: Scope,
  id: string,
  pieces: readonly PartRecord[],
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let wanted = MEDIA_HEAD_BYTES;
  for (const { offset, size } of pieces) {
    if (wanted === 0) break;
    const taken = Math.min(size, wanted);
    const { body } = await uploads.openRange(uploadPartKey(scope, id, offset), { start: 0, end: taken - 1 });
    for await (const chunk of body) chunks.push(chunk as Uint8Array);
    wanted -= taken;
  }
  return Buffer.concat(chunks);
}

/** Piece after piece, each as it was when it arrived; only one of them is open at a time. */
async function* bytes(
  { uploads }: UploadDeps,
  scope: Scope,
  { id, mode }: SessionRecord,
  pieces: readonly PartRecord[],
): AsyncGenerator<Uint8Array> {
  for (const { offset, sha256 } of pieces) {
    const { info, body } = await uploads.open(uploadPartKey(scope, id, offset));
    // what was put at an address of the store was described by its sender: it is hashed with the whole
    if (mode === 'resumable' && info.sha256 !== sha256) {
      body.destroy();
      throw new CertusError('digest_mismatch', 'a piece is another one than the one that arrived');
    }
    yield* body as AsyncIterable<Uint8Array>;
  }
}
