import { MAX_DOCUMENTS, type ReceivedDocument } from '../../contracts/documents.ts';
import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { documentsPrefix } from '../../contracts/object-keys.ts';
import type { PromotionRequest } from '../../contracts/promotion.ts';
import {
  findAllReceived,
  listReceived,
  type ReceivedRecord,
} from '../../services/database/received-documents.ts';
import type { ApiDeps } from '../deps.ts';

type Deps = Pick<ApiDeps, 'database'>;

/** The documents that a request names, in byte order of their names. One that nobody brought is no document. */
export async function findDocuments(
  deps: Deps,
  scope: Scope,
  { keys, prefix = '' }: Pick<PromotionRequest, 'keys' | 'prefix'>,
): Promise<ReceivedDocument[]> {
  const found = keys === undefined ? await below(deps, scope, prefix) : await named(deps, scope, keys);
  return found
    .map(({ name, sha256, size, media_type }) => ({ name, sha256, size, media_type }))
    .sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
}

async function named({ database }: Deps, scope: Scope, keys: readonly string[]): Promise<ReceivedRecord[]> {
  // a key as an upload answers it, or the name alone; the one that there is counts
  const names = keys.flatMap((key) => [key, withoutPrefix(scope, key)]);
  const received = new Map(
    (await findAllReceived(database, scope, [...new Set(names)])).map((record) => [record.name, record]),
  );
  const found = new Map<string, ReceivedRecord>();
  for (const key of keys) {
    const record = received.get(withoutPrefix(scope, key)) ?? received.get(key);
    if (record === undefined)
      throw new CertusError('not_found', `there is no document ${JSON.stringify(key)}`, {
        fields: [{ path: 'keys', message: 'names a document that nobody brought' }],
      });
    found.set(record.name, record);
  }
  return [...found.values()];
}

const PAGE = 5000;

async function below({ database }: Deps, scope: Scope, prefix: string): Promise<ReceivedRecord[]> {
  const found: ReceivedRecord[] = [];
  for (;;) {
    const after = found.at(-1)?.name;
    const asked = { prefix: withoutPrefix(scope, prefix), after, limit: PAGE };
    const page = await listReceived(database, scope, asked);
    found.push(...page);
    if (found.length > MAX_DOCUMENTS)
      throw new CertusError(
        'payload_too_large',
        `more than ${MAX_DOCUMENTS} documents: promote them in parts`,
      );
    if (page.length < PAGE) break;
  }
  if (found.length === 0)
    throw new CertusError('not_found', `there is no document below ${JSON.stringify(prefix)}`);
  return found;
}

function withoutPrefix(scope: Scope, key: string): string {
  const prefix = documentsPrefix(scope);
  return key.startsWith(prefix) ? key.slice(prefix.length) : key;
}
