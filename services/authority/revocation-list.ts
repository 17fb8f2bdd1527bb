import 'reflect-metadata';
import {
  AuthorityKeyIdentifierExtension,
  Extension,
  X509Crl,
  type X509CrlEntryParams,
  X509CrlGenerator,
  X509CrlReason,
} from '@peculiar/x509';
import type { RevocationReason } from '../../contracts/keys.ts';
import type { RevocationList, RevokedCertificate } from './certificate-authority.ts';
import { type Issuer, SIGNING_ALGORITHM, wholeSecond } from './certificate-profiles.ts';

const CRL_NUMBER = '2.5.29.20';
/** It is made anew every day: whoever holds one can miss six. */
const LIFETIME_MS = 7 * 24 * 3_600_000;

/** A revocation is for good: what our own previous list says stays said, whatever became of the table. */
export async function signRevocationList(
  issuer: Issuer,
  number: number,
  revoked: readonly RevokedCertificate[],
  previous: Uint8Array | undefined,
  now: Date,
): Promise<RevocationList> {
  const entries = new Map<string, X509CrlEntryParams>();
  for (const { serial, revokedAt, reason } of revoked)
    entries.set(serial, { serialNumber: serial, revocationDate: revokedAt, reason: REASONS[reason] });
  for (const entry of await previousEntries(issuer, previous)) entries.set(entry.serialNumber, entry);
  const issuedAt = wholeSecond(now.getTime());
  const nextUpdate = wholeSecond(now.getTime() + LIFETIME_MS);
  const list = await X509CrlGenerator.create({
    issuer: issuer.certificate.subjectName.toJSON(),
    thisUpdate: issuedAt,
    nextUpdate,
    signingAlgorithm: SIGNING_ALGORITHM,
    signingKey: issuer.key,
    entries: [...entries.values()],
    extensions: [
      await AuthorityKeyIdentifierExtension.create(issuer.certificate.publicKey),
      new Extension(CRL_NUMBER, false, derInteger(number)),
    ],
  });
  return { number, der: new Uint8Array(list.rawData), issuedAt, nextUpdate };
}

/** A list that is not ours says nothing here, and must not keep a new one from being made: that would stop revocation. */
async function previousEntries(issuer: Issuer, der: Uint8Array | undefined): Promise<X509CrlEntryParams[]> {
  const list = der && (await ownList(issuer, der));
  return (list?.entries ?? []).map(({ serialNumber, revocationDate, reason }) => ({
    serialNumber,
    revocationDate,
    reason: reason ?? X509CrlReason.unspecified,
  }));
}

async function ownList({ certificate }: Issuer, der: Uint8Array): Promise<X509Crl | undefined> {
  try {
    const list = new X509Crl(new Uint8Array(der));
    return (await list.verify({ publicKey: certificate })) ? list : undefined;
  } catch {
    return undefined; // what is no list was not signed by us either
  }
}

const REASONS: Readonly<Record<RevocationReason, X509CrlReason>> = {
  key_compromise: X509CrlReason.keyCompromise,
  affiliation_changed: X509CrlReason.affiliationChanged,
  superseded: X509CrlReason.superseded,
  cessation_of_operation: X509CrlReason.cessationOfOperation,
  privilege_withdrawn: X509CrlReason.privilegeWithdrawn,
  unspecified: X509CrlReason.unspecified,
};

/** Positive: a leading zero keeps the highest bit from being read as a sign. */
function derInteger(value: number): Uint8Array<ArrayBuffer> {
  const hex = value.toString(16);
  const padded = hex.length % 2 === 0 ? hex : `0${hex}`;
  const content = /^[89a-f]/.test(padded) ? `00${padded}` : padded;
  return new Uint8Array(
    Buffer.from(`02${(content.length / 2).toString(16).padStart(2, '0')}${content}`, 'hex'),
  );
}
