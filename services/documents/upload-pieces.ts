import type { Scope } from '../../contracts/identifiers.ts';
import { uploadPartKey } from '../../contracts/object-keys.ts';
import type { Database } from '../database/database.ts';
import { listParts, type PartRecord } from '../database/upload-parts.ts';
import type { SessionRecord } from '../database/upload-sessions.ts';
import type { ReadableBucket } from '../objects/store.ts';

type Deps = { readonly database: Database; readonly uploads: ReadableBucket };

/**
 * The pieces that lead without a gap from the first byte to as far as the upload has come. What was put at an address of
 * the store itself has no row: it is whole or it is not there.
 */
export async function piecesSoFar(
  { database, uploads }: Deps,
  scope: Scope,
  session: Pick<SessionRecord, 'id' | 'mode' | 'size' | 'sha256'>,
): Promise<PartRecord[]> {
  const pieces = inOrder(await listParts(database, scope, session.id));
  if (pieces.length > 0 || session.mode !== 'presigned') return pieces;
  const whole = await uploads.head(uploadPartKey(scope, session.id, 0));
  return whole === undefined ? [] : [{ offset: 0, size: whole.size, sha256: session.sha256 }];
}

export const bytesOf = (pieces: readonly PartRecord[]): number =>
  pieces.reduce((sum, { size }) => sum + size, 0);

function inOrder(parts: readonly PartRecord[]): PartRecord[] {
  const pieces: PartRecord[] = [];
  let reached = 0;
  for (const part of parts) {
    if (part.offset !== reached) continue;
    pieces.push(part);
    reached += part.size;
  }
  return pieces;
}
