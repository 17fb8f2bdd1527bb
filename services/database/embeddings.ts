import type { Database } from './database.ts';
import { reachable } from './errors.ts';

type Whose = { readonly tenant: string; readonly model: string };
export type KeptEmbedding = { readonly contentHash: string; readonly vector: Uint8Array };

const BATCH = 1_000;

/** What is remembered of these texts, by their digests. */
export async function findEmbeddings(
  { client }: Database,
  { tenant, model }: Whose,
  hashes: readonly string[],
): Promise<Map<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>();
  for (let at = 0; at < hashes.length; at += BATCH) {
    const contentHash = { in: hashes.slice(at, at + BATCH) };
    const rows = await reachable(client.embedding.findMany({ where: { tenant, model, contentHash } }));
    for (const row of rows) found.set(row.contentHash, row.vector);
  }
  return found;
}

/** Of two who embed the same text at the same time the later replaces the earlier: a vector that was of no use goes. */
export async function keepEmbeddings(
  { client }: Database,
  { tenant, model }: Whose,
  embeddings: readonly KeptEmbedding[],
): Promise<void> {
  for (let at = 0; at < embeddings.length; at += BATCH) {
    const rows = embeddings
      .slice(at, at + BATCH)
      .map(({ contentHash, vector }) => ({
        hash: contentHash,
        vector: Buffer.from(vector).toString('base64'),
      }))
      // in one order, so that two who keep the same do not wait for each other
      .sort((a, b) => (a.hash < b.hash ? -1 : 1));
    await reachable(client.$executeRaw`
      INSERT INTO embeddings (tenant, model, content_hash, vector)
      SELECT ${tenant}, ${model}, hash, decode(vector, 'base64')
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS row (hash text, vector text)
      ON CONFLICT (tenant, model, content_hash) DO UPDATE SET vector = excluded.vector`);
  }
}

export async function hasEmbeddings({ client }: Database, tenant: string): Promise<boolean> {
  const first = await reachable(client.embedding.findFirst({ where: { tenant }, select: { model: true } }));
  return first !== null;
}

/** Whichever model has made them. */
export async function dropEmbeddings(
  { client }: Database,
  tenant: string,
  which: readonly string[] | 'all',
): Promise<void> {
  const those = which === 'all' ? {} : { contentHash: { in: [...which] } };
  await reachable(client.embedding.deleteMany({ where: { tenant, ...those } }));
}
