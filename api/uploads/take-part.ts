import type { IncomingMessage } from 'node:http';
import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { uploadPartKey } from '../../contracts/object-keys.ts';
import { PART_BYTES_MAX, PARTS_MAX } from '../../contracts/uploads.ts';
import { findPart, listParts, type PartRecord, recordPart } from '../../services/database/upload-parts.ts';
import type { SessionRecord } from '../../services/database/upload-sessions.ts';
import { bytesOf } from '../../services/documents/upload-pieces.ts';
import type { Bucket } from '../../services/objects/store.ts';
import { type ReceivedFile, withReceivedFile } from '../archives/receive-file.ts';
import type { ApiDeps } from '../deps.ts';
import { invalid } from '../problems.ts';
import { checksumMismatch } from './receive-document.ts';

type Deps = Pick<ApiDeps, 'database' | 'objects'>;
type Asked = { readonly offset: number; readonly sha256: string | undefined };

/** Stores a piece whole or not at all; sent again it is the same, and another one in its place is refused. */
export async function takePart(
  deps: Deps,
  request: IncomingMessage,
  scope: Scope,
  session: SessionRecord,
  { offset, sha256: announced }: Asked,
): Promise<void> {
  const room = session.size - offset;
  if (room < 1) throw invalid([{ path: 'offset', message: `the document has ${session.size} bytes` }]);
  const largest = session.mode === 'presigned' ? session.size : PART_BYTES_MAX;
  const rules = { filename: undefined, maxBytes: Math.min(largest, room), checkName: () => undefined };
  await withReceivedFile(request, rules, async (file) => {
    if (file.size === 0) throw invalid([{ path: 'file', message: 'is empty' }]);
    if (announced !== undefined && announced !== file.sha256) throw checksumMismatch(file.sha256);
    const part = { offset, size: file.size, sha256: file.sha256 };
    await requireRoom(deps, scope, session, part);
    await store(await deps.objects.uploads(), deps, scope, session.id, part, file);
  });
}

/** Pieces that overlap would cost more than was announced, and so would a piece for each byte. */
async function requireRoom(
  { database }: Deps,
  scope: Scope,
  { id, size }: SessionRecord,
  part: PartRecord,
): Promise<void> {
  const others = (await listParts(database, scope, id)).filter(({ offset }) => offset !== part.offset);
  if (bytesOf(others) + part.size > size || others.length >= PARTS_MAX)
    throw new CertusError('object_conflict', 'the piece overlaps what has arrived; ask where to go on');
}

async function store(
  uploads: Bucket,
  { database }: Deps,
  scope: Scope,
  id: string,
  part: PartRecord,
  file: ReceivedFile,
): Promise<void> {
  const key = uploadPartKey(scope, id, part.offset);
  const put = (ifAbsent: boolean) =>
    uploads.put(key, file.read(), {
      contentType: 'application/octet-stream',
      sha256: part.sha256,
      size: part.size,
      ifAbsent,
    });
  const { info } = await put(true);
  // stored by somebody who was cut off before it was written down: nobody counts on it
  if (info.sha256 !== part.sha256 && (await findPart(database, scope, id, part.offset)) === undefined)
    await put(false);
  const kept = await recordPart(database, scope, id, part);
  if (kept?.sha256 !== part.sha256)
    throw new CertusError('object_conflict', 'another piece has arrived at this offset');
}
