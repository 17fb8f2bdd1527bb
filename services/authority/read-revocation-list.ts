import 'reflect-metadata';
import { X509Certificate, X509Crl, X509CrlReason } from '@peculiar/x509';
import { CertusError } from '../../contracts/errors.ts';
import { RevocationReason as Reason, type RevocationReason } from '../../contracts/keys.ts';

export type ReadRevocationList = {
  readonly listNumber: number | null;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly revoked: ReadonlyMap<string, { readonly at: Date; readonly reason: RevocationReason }>;
};

/** Believes a list only as the first certificate of the chain signed it. */
export async function readRevocationList(der: Uint8Array, chainPem: string): Promise<ReadRevocationList> {
  const list = await verified(der, chainPem);
  const number = list.getExtension('2.5.29.20')?.value;
  return {
    // an INTEGER: its tag and its length come first
    listNumber: number ? Number.parseInt(Buffer.from(number).subarray(2).toString('hex'), 16) : null,
    thisUpdate: list.thisUpdate,
    nextUpdate: list.nextUpdate ?? list.thisUpdate,
    revoked: new Map(
      list.entries.map(({ serialNumber, revocationDate, reason }) => [
        serialNumber,
        { at: revocationDate, reason: reasonOf(reason) },
      ]),
    ),
  };
}

async function verified(der: Uint8Array, chainPem: string): Promise<X509Crl> {
  try {
    const list = new X509Crl(new Uint8Array(der));
    const end = chainPem.indexOf('-----END CERTIFICATE-----');
    const issuer = new X509Certificate(`${chainPem.slice(0, end)}-----END CERTIFICATE-----`);
    if (await list.verify({ publicKey: issuer })) return list;
  } catch (cause) {
    throw new CertusError('certificate_invalid', 'the revocation list cannot be read', { cause });
  }
  throw new CertusError('certificate_invalid', 'the revocation list was not signed by the authority');
}

const NAMES: Partial<Record<X509CrlReason, RevocationReason>> = {
  [X509CrlReason.keyCompromise]: Reason.enum.key_compromise,
  [X509CrlReason.affiliationChanged]: Reason.enum.affiliation_changed,
  [X509CrlReason.superseded]: Reason.enum.superseded,
  [X509CrlReason.cessationOfOperation]: Reason.enum.cessation_of_operation,
  [X509CrlReason.privilegeWithdrawn]: Reason.enum.privilege_withdrawn,
};

const reasonOf = (reason: X509CrlReason | undefined): RevocationReason =>
  (reason === undefined ? undefined : NAMES[reason]) ?? 'unspecified';
