import type { Client } from '@opensearch-project/opensearch';
import { CertusError } from '../../contracts/errors.ts';
import { persistently, sendOperations } from './opensearch-bulk.ts';
import { answered } from './opensearch-errors.ts';
import { countIn } from './opensearch-remove.ts';
import { PATIENCE_MS } from './patience.ts';

/** Takes out of a copy what is no longer in what it was made of: it was removed there while it was being copied. */
export async function removeStrangers(
  client: Client,
  original: string,
  copy: string,
  signal: AbortSignal,
): Promise<void> {
  if ((await countIn(client, original)) === (await countIn(client, copy))) return;
  for (let after = -1; ; ) {
    signal.throwIfAborted();
    const { keys, last } = await page(client, copy, after);
    if (last === undefined) return;
    await remove(client, copy, await missing(client, original, keys));
    after = last;
  }
}

const PAGE = 2_000;

async function page(
  client: Client,
  index: string,
  after: number,
): Promise<{ keys: string[]; last: number | undefined }> {
  const { body } = await answered(
    client.search({
      index,
      body: {
        query: { range: { _seq_no: { gt: after } } },
        sort: [{ _seq_no: 'asc' }],
        seq_no_primary_term: true,
        track_total_hits: false,
        _source: false,
        size: PAGE,
      },
    }),
  );
  const { hits } = body.hits;
  return { keys: hits.flatMap(({ _id }) => _id ?? []), last: hits.at(-1)?._seq_no };
}

async function missing(client: Client, index: string, keys: readonly string[]): Promise<string[]> {
  const { body } = await answered(client.mget({ index, _source: false, body: { ids: [...keys] } }));
  const found = new Set(body.docs.flatMap((doc) => ('found' in doc && doc.found ? [doc._id] : [])));
  // an answer that is short of some must not have them deleted
  if (body.docs.length !== keys.length || body.docs.some((doc) => !('found' in doc)))
    throw new CertusError('dependency_unavailable', `OpenSearch does not say what ${index} holds.`);
  return keys.filter((key) => !found.has(key));
}

async function remove(client: Client, index: string, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  const operations = keys.map((key) => ({ id: key, lines: JSON.stringify({ delete: { _id: key } }) }));
  const refused = await persistently(
    operations,
    (some) => sendOperations(client, { index }, some),
    PATIENCE_MS,
  );
  if (refused.length > 0)
    throw new CertusError('dependency_unavailable', `OpenSearch does not remove from ${index}.`);
}
