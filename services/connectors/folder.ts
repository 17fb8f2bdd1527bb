import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import { Sha256 } from '../../contracts/identifiers.ts';
import { FolderList, type IngestionSource } from '../../contracts/ingestion.ts';
import { jsonOf } from '../../contracts/json-of.ts';
import { folderListKey, ingestKey } from '../../contracts/object-keys.ts';
import type { Connector } from './connector.ts';
import { readCursor } from './cursor.ts';
import type { Reader } from './deps.ts';
import { readItem } from './read-object.ts';

type FolderSource = Extract<IngestionSource, { kind: 'folder' }>;

/** What was in somebody's folder, as its list says: what it does not name any more is gone. */
export function openFolder({ name: folder, list }: FolderSource, { scope, deps }: Reader): Connector {
  const { uploads } = deps;
  return {
    listsAll: true,
    page: async ({ cursor, limit }) => {
      const { at } = readCursor(Cursor, cursor, { at: 0 });
      const bytes = await readItem(uploads, folderListKey(scope, list), { sha256: list, maxBytes: MAX_LIST });
      const files = FolderList.parse(jsonOf(bytes));
      const next = Math.min(files.length, at + limit);
      const items = files.slice(at, next).map(({ name, sha256, size }) => ({
        ...{ key: name, version: sha256, size },
        name: name.split('/').at(-1) ?? name,
        location: `${folder}/${name}`,
      }));
      const left = files.length - next;
      return { items, gone: [], lost: [], cursor: left === 0 ? null : { at: next, left }, checkpoint: null };
    },
    fetch: async ({ version }, { known, maxBytes }) => {
      if (known === version) return null;
      const sha256 = Sha256.safeParse(version);
      if (!sha256.success) throw new CertusError('bundle_invalid', 'it is no file of a folder');
      const bytes = await readItem(uploads, ingestKey(scope, sha256.data), { sha256: sha256.data, maxBytes });
      return { bytes, mediaType: null };
    },
    close: async () => undefined,
  };
}

const Cursor = z.object({ at: z.number().int().min(0) });
const MAX_LIST = 128 * 1024 * 1024;
