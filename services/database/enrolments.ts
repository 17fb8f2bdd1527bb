import type { EnrolmentState } from '../../contracts/enrolment.ts';
import type { Environment } from '../../contracts/keys.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import { Prisma } from './generated/client.ts';
import type { NewIssuedCertificate } from './issued-certificates.ts';
import { storable } from './storable.ts';

/** What is needed to go on with an enrolment. Trust believes of it only what it finds signed. */
export type EnrolmentRecord = {
  readonly id: string;
  readonly state: EnrolmentState;
  readonly environment: Environment;
  readonly keyId: string;
  readonly csr: string;
  readonly challenge: string;
  readonly complianceCertificate: string | null;
  readonly sampleVerifiedAt: Date | null;
  readonly certificate: string | null;
  readonly gateway: Memory | null;
  /** The order that began it. */
  readonly orderId: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
};
/** What lies between the steps: which order carried the sample, and what an external gateway gave to go on with. */
export type Memory = {
  readonly sample_order?: string;
  readonly continuation?: { readonly request_id: string; readonly token: string; readonly secret: string };
};

export async function findEnrolment(
  { client }: Database,
  tenant: string,
  id: string,
): Promise<EnrolmentRecord | undefined> {
  const row = await reachable(
    client.enrolment.findUnique({ where: { tenant_id: { tenant, id } }, omit: { tenant: true } }),
  );
  return (row as EnrolmentRecord | null) ?? undefined;
}

export type NewEnrolment = {
  readonly tenant: string;
  readonly enrolment: EnrolmentRecord;
  /** What our own authority issued for it. */
  readonly issued?: NewIssuedCertificate | undefined;
  /** The password that is used up by it. */
  readonly passwordId?: string | undefined;
};

/**
 * Opens an enrolment, and uses the password up, at once or not at all. `password_used` when somebody else was faster with
 * it; an enrolment that is there already stays as it is.
 */
export async function openEnrolment(
  { client }: Database,
  { tenant, enrolment, issued, passwordId }: NewEnrolment,
): Promise<'opened' | 'exists' | 'password_used'> {
  const { gateway, ...columns } = storable(enrolment);
  const row = { ...columns, tenant, gateway: gateway ?? Prisma.DbNull };
  return reachable(
    client.$transaction(async (tx) => {
      const { count: opened } = await tx.enrolment.createMany({ data: [row], skipDuplicates: true });
      if (opened === 0) return 'exists';
      if (issued !== undefined) await tx.issuedCertificate.create({ data: issued });
      if (passwordId === undefined) return 'opened';
      const { count: used } = await tx.enrolmentPassword.updateMany({
        where: { tenant, id: passwordId, usedAt: null, expiresAt: { gt: enrolment.createdAt } },
        data: { usedAt: enrolment.createdAt },
      });
      if (used === 0) throw new PasswordUsed();
      return 'opened';
    }),
  ).catch((error: unknown) => {
    if (error instanceof PasswordUsed) return 'password_used';
    throw error;
  });
}

/** Thrown within the transaction to undo it. */
class PasswordUsed extends Error {}

type Advance = {
  readonly tenant: string;
  readonly id: string;
  readonly from: EnrolmentState;
  readonly to: Pick<EnrolmentRecord, 'state'> &
    Partial<Pick<EnrolmentRecord, 'sampleVerifiedAt' | 'certificate' | 'gateway' | 'expiresAt'>>;
  readonly issued?: NewIssuedCertificate | undefined;
};

/** Takes the step unless another one has taken it. */
export function advanceEnrolment(
  { client }: Database,
  { tenant, id, from, to, issued }: Advance,
): Promise<boolean> {
  const { gateway, ...columns } = storable(to);
  const data = { ...columns, ...(gateway === undefined ? {} : { gateway: gateway ?? Prisma.DbNull }) };
  return reachable(
    client.$transaction(async (tx) => {
      const { count } = await tx.enrolment.updateMany({ where: { tenant, id, state: from }, data });
      if (count === 1 && issued !== undefined) await tx.issuedCertificate.create({ data: issued });
      return count === 1;
    }),
  );
}

/** How many sandbox keys of a tenant are still good. */
export const countOpenSandboxes = ({ client }: Database, tenant: string, now: Date): Promise<number> =>
  reachable(client.enrolment.count({ where: { tenant, state: 'sandbox_issued', expiresAt: { gt: now } } }));
