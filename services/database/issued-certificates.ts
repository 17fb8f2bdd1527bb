import type { RevocationReason } from '../../contracts/keys.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';

export type NewIssuedCertificate = {
  readonly serial: string;
  readonly tenant: string;
  readonly keyId: string;
  readonly kind: 'sandbox' | 'compliance' | 'production';
  readonly certificate: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly issuedAt: Date;
  readonly orderId: string;
};

/** Marks every certificate of a key; what was marked before keeps its time. Answers how many there are. */
export async function markCertificatesRevoked(
  { client }: Database,
  tenant: string,
  keyId: string,
  { at, reason }: { at: Date; reason: RevocationReason },
): Promise<number> {
  await reachable(
    client.issuedCertificate.updateMany({
      where: { tenant, keyId, revokedAt: null },
      data: { revokedAt: at, revocationReason: reason },
    }),
  );
  return reachable(client.issuedCertificate.count({ where: { tenant, keyId, revokedAt: { not: null } } }));
}

export type RevokedRow = {
  readonly serial: string;
  readonly revokedAt: Date;
  readonly reason: RevocationReason;
};

/** All of them, expired ones too: a list that forgets would let an old signature look good again. */
export async function revokedCertificates({ client }: Database): Promise<RevokedRow[]> {
  const rows = await reachable(
    client.issuedCertificate.findMany({
      where: { revokedAt: { not: null } },
      select: { serial: true, revokedAt: true, revocationReason: true },
      orderBy: [{ revokedAt: 'asc' }, { serial: 'asc' }],
    }),
  );
  return rows.map(({ serial, revokedAt, revocationReason }) => ({
    serial,
    revokedAt: revokedAt as Date,
    reason: (revocationReason ?? 'unspecified') as RevocationReason,
  }));
}

export async function wasIssued({ client }: Database, tenant: string, serial: string): Promise<boolean> {
  return (await reachable(client.issuedCertificate.count({ where: { tenant, serial } }))) > 0;
}
