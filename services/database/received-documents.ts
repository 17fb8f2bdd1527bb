import type { ReceivedDocument } from '../../contracts/documents.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';

/** A document that stands in `uploads`; its name belongs to these bytes for good. */
export type ReceivedRecord = ReceivedDocument & { readonly receivedBy: string; readonly receivedAt: Date };

/** Who is first has the name: gives back the row in force, which may be of other bytes. */
export async function recordReceived(
  database: Database,
  { tenant, workspace }: Scope,
  { name, sha256, size, media_type, receivedBy, receivedAt }: ReceivedRecord,
): Promise<ReceivedRecord> {
  const row = { tenant, workspace, name, sha256, size, mediaType: media_type, receivedBy, receivedAt };
  await reachable(database.client.receivedDocument.createMany({ data: [row], skipDuplicates: true }));
  const found = await findReceived(database, { tenant, workspace }, name);
  if (found === undefined) throw new Error('a row that was written is not there');
  return found;
}

export async function findReceived(
  { client }: Database,
  { tenant, workspace }: Scope,
  name: string,
): Promise<ReceivedRecord | undefined> {
  const key = { tenant_workspace_name: { tenant, workspace, name } };
  const row = await reachable(client.receivedDocument.findUnique({ where: key, omit: SCOPE }));
  return row === null ? undefined : record(row);
}

/** Those of the names that were received, in no order. */
export async function findAllReceived(
  { client }: Database,
  { tenant, workspace }: Scope,
  names: readonly string[],
): Promise<ReceivedRecord[]> {
  const found: ReceivedRecord[] = [];
  for (let from = 0; from < names.length; from += NAMES_AT_ONCE) {
    const name = { in: names.slice(from, from + NAMES_AT_ONCE) };
    const where = { tenant, workspace, name };
    const rows = await reachable(client.receivedDocument.findMany({ where, omit: SCOPE }));
    found.push(...rows.map(record));
  }
  return found;
}

/** A statement takes 65,535 parameters. */
const NAMES_AT_ONCE = 5000;

type Page = { readonly prefix: string; readonly after?: string | undefined; readonly limit: number };

/** In byte order of their names, whatever language the database sorts in; a prefix is text and no pattern. */
export async function listReceived(
  { sql }: Database,
  { tenant, workspace }: Scope,
  { prefix, after = '', limit }: Page,
): Promise<ReceivedRecord[]> {
  const rows = await reachable(
    sql.query<Row>(
      `SELECT name, sha256, size, media_type AS "mediaType", received_by AS "receivedBy", received_at AS "receivedAt"
       FROM received_documents
       WHERE tenant = $1 AND workspace = $2 AND starts_with(name, $3) AND name COLLATE "C" > $4
       ORDER BY name COLLATE "C" LIMIT $5`,
      [tenant, workspace, prefix, after, limit],
    ),
  );
  return rows.map(record);
}

const SCOPE = { tenant: true, workspace: true } as const;

type Row = {
  readonly name: string;
  readonly sha256: string;
  readonly size: bigint | string;
  readonly mediaType: string;
  readonly receivedBy: string;
  readonly receivedAt: Date;
};

const record = ({ size, mediaType, ...row }: Row): ReceivedRecord => ({
  ...row,
  size: Number(size),
  media_type: mediaType,
});
