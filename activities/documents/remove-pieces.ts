import type { Scope } from '../../contracts/identifiers.ts';
import { uploadPartKey } from '../../contracts/object-keys.ts';
import { forgetParts } from '../../services/database/upload-parts.ts';
import type { UploadDeps } from './upload-deps.ts';

/** Also those of which nobody has written down that they arrived. */
export async function removePieces(
  { database, uploads }: Omit<UploadDeps, 'now'>,
  scope: Scope,
  uploadId: string,
): Promise<void> {
  const first = uploadPartKey(scope, uploadId, 0);
  for await (const { key } of uploads.list(first.slice(0, first.lastIndexOf('/') + 1)))
    await uploads.remove(key);
  await forgetParts(database, scope, uploadId);
}
