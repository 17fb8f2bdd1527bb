import type { Scope } from '../../contracts/identifiers.ts';
import { documentKey } from '../../contracts/object-keys.ts';
import type { UploadedDocument } from '../../contracts/uploads.ts';
import type { ReceivedRecord } from '../../services/database/received-documents.ts';
import type { ApiDeps } from '../deps.ts';

export function documentView(
  { settings }: Pick<ApiDeps, 'settings'>,
  scope: Scope,
  { name, sha256, size, media_type, receivedAt }: ReceivedRecord,
): UploadedDocument {
  return {
    bucket: settings.CERTUS_UPLOADS_BUCKET,
    key: documentKey(scope, name),
    name,
    sha256,
    size,
    media_type,
    uploaded_at: receivedAt.toISOString(),
  };
}
