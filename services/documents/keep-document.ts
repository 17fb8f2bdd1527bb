import type { Readable } from 'node:stream';
import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { documentKey } from '../../contracts/object-keys.ts';
import type { Database } from '../database/database.ts';
import { findReceived, type ReceivedRecord, recordReceived } from '../database/received-documents.ts';
import type { Bucket } from '../objects/store.ts';

type Deps = { readonly database: Database; readonly uploads: Bucket };

export type KeptDocument = { readonly created: boolean; readonly document: ReceivedRecord };

/**
 * Stores a document under its name, which from then on belongs to these bytes. Brought again it is found; other bytes under
 * its name are `object_conflict`. The row comes after the object: what is listed is there.
 */
export async function keepDocument(
  { database, uploads }: Deps,
  scope: Scope,
  document: ReceivedRecord,
  body: () => Readable | Uint8Array,
): Promise<KeptDocument> {
  const { name, sha256, size, media_type } = document;
  const known = await findReceived(database, scope, name);
  if (known !== undefined && known.sha256 !== sha256) throw taken();
  const { outcome, info } = await uploads.put(documentKey(scope, name), body(), {
    contentType: media_type,
    sha256,
    size,
    ifAbsent: true,
  });
  if (info.sha256 !== sha256) throw taken();
  const kept = known ?? (await recordReceived(database, scope, document));
  // an object that was taken away by hand leaves its name to nobody else
  if (kept.sha256 !== sha256) throw taken();
  return { created: outcome === 'created', document: kept };
}

const taken = (): CertusError =>
  new CertusError('object_conflict', 'there is another document under this name already');
