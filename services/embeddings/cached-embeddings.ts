import { createHash } from 'node:crypto';
import type { Database } from '../database/database.ts';
import { findEmbeddings, keepEmbeddings } from '../database/embeddings.ts';
import { bytesToVector, vectorToBytes } from '../search/vector.ts';
import type { Embedder } from './embedder.ts';

/** Computes no vector twice: what a tenant has had embedded by this model is remembered by what it said. */
export async function embedOnce(
  db: Database,
  embedder: Embedder,
  tenant: string,
  texts: readonly string[],
  signal: AbortSignal,
): Promise<Float32Array[]> {
  const model = `${embedder.model} ${embedder.dimension}`;
  const hashes = texts.map(digestOfText);
  const byHash = new Map(hashes.map((hash, n) => [hash, texts[n] ?? '']));
  const kept = await findEmbeddings(db, { tenant, model }, [...byHash.keys()]);
  const vectors = new Map<string, Float32Array>();
  for (const [hash, bytes] of kept)
    if (bytes.byteLength === 4 * embedder.dimension) vectors.set(hash, bytesToVector(bytes));
  const missing = [...byHash].filter(([hash]) => !vectors.has(hash));
  for (let at = 0; at < missing.length; at += KEPT_AT_ONCE) {
    const some = missing.slice(at, at + KEPT_AT_ONCE);
    const made = await embedder.embed(
      some.map(([, text]) => text),
      signal,
    );
    const fresh = some.map(([hash], n) => [hash, made[n] as Float32Array] as const);
    for (const [hash, vector] of fresh) vectors.set(hash, vector);
    // by and by: who is stopped in between has not done it in vain
    await keepEmbeddings(
      db,
      { tenant, model },
      fresh.map(([contentHash, vector]) => ({ contentHash, vector: vectorToBytes(vector) })),
    );
  }
  return hashes.map((hash) => vectors.get(hash) as Float32Array);
}

/** What of a record is embedded. */
export const textOf = ({ title, text }: { readonly title: string; readonly text: string }): string =>
  `${title}\n${text}`;

/** Under which its vector is remembered. */
export const digestOfText = (text: string): string => createHash('sha256').update(text).digest('hex');

const KEPT_AT_ONCE = 256;
