import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import type { Prisma } from './generated/client.ts';
import type { SigningKeyRecord } from './signing-keys.ts';

export type StoredKeySet = {
  readonly version: number;
  readonly statement: Uint8Array;
  readonly digest: string;
  readonly issuedAt: Date;
};

/** One change to the keys of a tenant: rows, list and events of it become visible together. */
export type KeyChange = {
  readonly client: Prisma.TransactionClient;
  newestList(): Promise<StoredKeySet | undefined>;
  addList(list: StoredKeySet): Promise<void>;
  putKey(key: SigningKeyRecord): Promise<void>;
};

/**
 * Changes the keys of a tenant, one change after the other: of two at once the second sees what the first has done. A
 * change that is thrown out of leaves nothing.
 */
export async function changeKeys<T>(
  { client }: Database,
  tenant: string,
  change: (keys: KeyChange) => Promise<T>,
): Promise<T> {
  return reachable(
    client.$transaction(
      async (transaction) => {
        await transaction.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`certus/keys/${tenant}`}, 0))`;
        return change(keyChange(transaction, tenant));
      },
      { maxWait: 10_000, timeout: 30_000 },
    ),
  );
}

const keyChange = (client: Prisma.TransactionClient, tenant: string): KeyChange => ({
  client,
  newestList: async () => {
    const row = await client.keySetVersion.findFirst({
      where: { tenant },
      orderBy: { version: 'desc' },
      omit: { tenant: true },
    });
    return row ?? undefined;
  },
  addList: async (list) => {
    await client.keySetVersion.create({
      data: { ...list, tenant, statement: new Uint8Array(list.statement) },
    });
  },
  putKey: async (key) => {
    const { id, ...fields } = key;
    await client.signingKey.upsert({
      where: { tenant_id: { tenant, id } },
      create: { ...key, tenant },
      update: { ...fields, tenant },
    });
  },
});

/** A version of the list, for whoever must tell of it later. */
export async function findList(
  { client }: Database,
  tenant: string,
  version: number,
): Promise<StoredKeySet | undefined> {
  const row = await reachable(
    client.keySetVersion.findUnique({
      where: { tenant_version: { tenant, version } },
      omit: { tenant: true },
    }),
  );
  return row ?? undefined;
}
