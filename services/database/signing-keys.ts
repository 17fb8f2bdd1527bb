import type { KEY_ORIGINS, KEY_STATUSES } from '../../contracts/key-registry.ts';
import type { Environment, RevocationReason } from '../../contracts/keys.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import type { Prisma } from './generated/client.ts';

/**
 * What people and the zone that signs look keys up by. No verifier believes a row: what counts is the list that Trust
 * signed.
 */
export type SigningKeyRecord = {
  readonly tenant: string;
  readonly id: string;
  readonly environment: Environment;
  readonly status: (typeof KEY_STATUSES)[number];
  /** True of the one key that Certus signs with in an environment, null of all others. */
  readonly signing: true | null;
  readonly holder: 'certus' | 'tenant';
  readonly origin: (typeof KEY_ORIGINS)[number];
  readonly algorithm: string;
  readonly publicKey: string;
  readonly certificate: string | null;
  readonly notBefore: Date | null;
  readonly notAfter: Date | null;
  readonly createdAt: Date;
  readonly deactivatedAt: Date | null;
  readonly revokedAt: Date | null;
  readonly revocationReason: RevocationReason | null;
  readonly invalidSince: Date | null;
  readonly orderId: string;
};

/** Either the database or a transaction of it. */
type Place = { readonly client: Pick<Prisma.TransactionClient, 'signingKey'> };

export async function findSigningKey(
  { client }: Place,
  tenant: string,
  environment: Environment,
): Promise<SigningKeyRecord | undefined> {
  const key = { tenant, environment, signing: true };
  const row = await reachable(client.signingKey.findUnique({ where: { tenant_environment_signing: key } }));
  return (row as SigningKeyRecord | null) ?? undefined;
}

export async function findKey(
  { client }: Place,
  tenant: string,
  id: string,
): Promise<SigningKeyRecord | undefined> {
  const row = await reachable(client.signingKey.findUnique({ where: { tenant_id: { tenant, id } } }));
  return (row as SigningKeyRecord | null) ?? undefined;
}

type KeyFilter = {
  readonly environment?: Environment | undefined;
  readonly status?: SigningKeyRecord['status'] | undefined;
};

/** More than the list that Trust signs can hold there cannot be. */
const EVERY_KEY = 10_000;

/** Newest first. */
export async function listKeys(
  { client }: Database,
  tenant: string,
  { environment, status }: KeyFilter,
): Promise<SigningKeyRecord[]> {
  const rows = await reachable(
    client.signingKey.findMany({
      where: {
        tenant,
        ...(environment === undefined ? {} : { environment }),
        ...(status === undefined ? {} : { status }),
      },
      orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
      take: EVERY_KEY,
    }),
  );
  return rows as SigningKeyRecord[];
}

/** Of every tenant: active keys whose certificate ends in a while, the first to end first. */
export async function keysThatExpire(
  { client }: Database,
  { after, until }: { readonly after: Date; readonly until: Date },
): Promise<SigningKeyRecord[]> {
  const rows = await reachable(
    client.signingKey.findMany({
      where: { status: 'active', notAfter: { gt: after, lte: until } },
      orderBy: { notAfter: 'asc' },
    }),
  );
  return rows as SigningKeyRecord[];
}
