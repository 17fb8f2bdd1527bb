import { CertusError } from '../../contracts/errors.ts';
import type { IngestionSource } from '../../contracts/ingestion.ts';
import { ingestKey } from '../../contracts/object-keys.ts';
import type { Connector } from './connector.ts';
import type { Reader } from './deps.ts';
import { readItem } from './read-object.ts';

type UploadSource = Extract<IngestionSource, { kind: 'upload' }>;

/** One file that somebody brought. Its name is who it is: brought again, it takes the place of what was brought before. */
export function openUpload({ name, sha256, size }: UploadSource, { scope, deps }: Reader): Connector {
  const { uploads } = deps;
  const key = ingestKey(scope, sha256);
  const item = { key: name, version: sha256, size, name: name.split('/').at(-1) ?? name, location: name };
  return {
    listsAll: false,
    page: async () => ({ items: [item], gone: [], lost: [], cursor: null, checkpoint: null }),
    fetch: async (_, { known, maxBytes }) => {
      if (known === sha256) return null;
      const bytes = await readItem(uploads, key, { sha256, maxBytes }).catch((error: unknown) => {
        if (error instanceof CertusError && error.code === 'item_gone')
          throw new CertusError('upload_not_found', 'what was uploaded is not there');
        throw error;
      });
      return { bytes, mediaType: null };
    },
    close: async () => undefined,
  };
}
