import { randomBytes } from 'node:crypto';
import { Client } from '@opensearch-project/opensearch';
import type { Scope } from '../../contracts/identifiers.ts';
import { type Database, openDatabase } from '../../services/database/database.ts';
import { openOpenSearchIndex } from '../../services/search/opensearch-index.ts';
import { openPostgresIndex } from '../../services/search/postgres-index.ts';
import type { IndexDocument, SearchIndex } from '../../services/search/search-index.ts';

export const DIMENSION = 8;

/** Both engines, each with an index of its own; `close` takes away what was made. */
export function searchEngines() {
  const url = process.env.CERTUS_OPENSEARCH_URL!;
  const aliases: string[] = [];
  let database: Database | undefined;
  const db = () => (database ??= openDatabase(process.env.CERTUS_DATABASE_URL!));
  const newAlias = () => {
    const alias = `certus-test-${randomBytes(6).toString('hex')}`;
    aliases.push(alias);
    return alias;
  };
  const opensearch = (alias = newAlias(), dimension = DIMENSION): SearchIndex =>
    openOpenSearchIndex({ url, dimension, alias });
  const client = new Client({ node: url });
  const each: [string, () => SearchIndex][] = [
    ['postgres', () => openPostgresIndex(db(), { dimension: DIMENSION })],
    ['opensearch', () => opensearch()],
  ];
  const close = async () => {
    await database?.close();
    for (const alias of aliases) {
      const { body } = await client.indices.get({ index: `${alias}-v*` });
      for (const index of Object.keys(body)) await client.indices.delete({ index });
      await client.indices.deleteIndexTemplate({ name: alias }, { ignore: [404] });
    }
    await client.close();
  };
  return { url, client, db, aliases, newAlias, opensearch, each, close };
}

export const newScope = (): Scope => ({
  tenant: `t-${randomBytes(6).toString('hex')}`,
  workspace: 'default',
});

let moment = Date.parse('2026-01-01T00:00:00Z');

/** Each a second later than the one before. */
export function record(id: string, changes: Partial<IndexDocument> = {}): IndexDocument {
  moment += 1000;
  return {
    id,
    kind: 'finding',
    title: id,
    text: '',
    capturedAt: new Date(moment).toISOString(),
    ...changes,
  };
}

/** The same vector for the same number, evenly spread. */
export function unit(seed: number, dimension = DIMENSION): Float32Array {
  let state = (seed + 1) * 2_654_435_761;
  const next = () => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 374_761_393) | 0;
    return state / 2 ** 31;
  };
  const vector = Float32Array.from({ length: dimension }, next);
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}
