import type { Database } from './database.ts';
import { reachable } from './errors.ts';

export type RevocationListRecord = {
  readonly number: number;
  readonly der: Uint8Array;
  readonly issuedAt: Date;
  readonly nextUpdate: Date;
};

export async function newestRevocationList({ client }: Database): Promise<RevocationListRecord | undefined> {
  return (await reachable(client.revocationList.findFirst({ orderBy: { number: 'desc' } }))) ?? undefined;
}

/** False when another one took the number first: that one may not know what this one says. */
export async function recordRevocationList(
  { client }: Database,
  list: RevocationListRecord,
): Promise<boolean> {
  const row = { ...list, der: new Uint8Array(list.der) };
  const { count } = await reachable(client.revocationList.createMany({ data: [row], skipDuplicates: true }));
  return count === 1;
}
