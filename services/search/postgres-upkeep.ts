import type { Database } from '../database/database.ts';
import { reachable } from '../database/errors.ts';
import { Prisma } from '../database/generated/client.ts';
import type { IndexStatus, IndexUpkeep } from './index-upkeep.ts';
import {
  FENCES,
  isCurrent,
  LEXEMES,
  LEXEMES_VERSION,
  WORD_COLUMNS,
  wordsOfFields,
} from './postgres-lexemes.ts';
import type { IndexDocument } from './search-index.ts';

/** The table is one and stays: only the words of its rows may be of an earlier version. */
export function postgresUpkeep({ client }: Database): IndexUpkeep {
  return {
    status: () => statusOf(client),
    reindex: async ({ anew = false, signal }) => {
      const rows = anew ? Prisma.sql`true` : Prisma.sql`NOT ${isCurrent}`;
      for (let after: Place = ['', '', '']; ; ) {
        signal.throwIfAborted();
        const batch = await outdated(client, rows, after);
        const last = batch.at(-1);
        if (last === undefined) return statusOf(client);
        await compute(client, batch);
        after = [last.tenant, last.workspace, last.id];
      }
    },
    dropKept: async () => [],
  };
}

type Client = Database['client'];
type Place = readonly [tenant: string, workspace: string, id: string];

async function statusOf(client: Client): Promise<IndexStatus> {
  const [counts] = await reachable(client.$queryRaw<{ documents: number; converted: number }[]>`
    SELECT count(*)::int AS documents, (count(*) FILTER (WHERE ${isCurrent}))::int AS converted
    FROM search_documents`);
  const { documents = 0, converted = 0 } = counts ?? {};
  const current = converted === documents;
  return {
    engine: 'postgres',
    index: 'search_documents',
    version: current ? LEXEMES_VERSION : LEXEMES_VERSION - 1,
    wantedVersion: LEXEMES_VERSION,
    documents,
    state: current ? 'current' : 'outdated',
    converted,
    kept: [],
  };
}

/** The version is of the row, as the database counts them: whoever writes it meanwhile writes its words as well. */
type Row = Pick<IndexDocument, 'title' | 'rule' | 'package' | 'path' | 'location' | 'text'> & {
  readonly tenant: string;
  readonly workspace: string;
  readonly id: string;
  readonly version: string;
};

const BATCH = 100;

const outdated = (client: Client, rows: Prisma.Sql, [tenant, workspace, id]: Place): Promise<Row[]> =>
  reachable(client.$queryRaw<Row[]>`
    SELECT tenant, workspace, id, xmin::text AS version, title, rule, package, path, location, text
    FROM search_documents
    WHERE (tenant, workspace, id) > (${tenant}, ${workspace}, ${id}) AND ${rows}
    ORDER BY tenant, workspace, id LIMIT ${BATCH}`);

async function compute(client: Client, rows: readonly Row[]): Promise<void> {
  const worded = rows.map(({ tenant, workspace, id, version, ...fields }) => ({
    tenant,
    workspace,
    id,
    version,
    ...wordsOfFields(fields),
  }));
  await reachable(client.$executeRaw`
    UPDATE search_documents AS document SET lexemes = ${LEXEMES}
    FROM jsonb_to_recordset(${JSON.stringify(worded)}::jsonb) AS row (
      tenant text, workspace text, id text, version text, ${WORD_COLUMNS}
    ), ${FENCES}
    WHERE document.tenant = row.tenant AND document.workspace = row.workspace AND document.id = row.id
      AND document.xmin::text = row.version`);
}
