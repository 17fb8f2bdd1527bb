import { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { CertusError } from '../../contracts/errors.ts';
import type { TrustedKey } from '../../contracts/keys.ts';
import { SigstoreError } from '../../domain/sigstore/sigstore-error.ts';
import { idOfKey, requireGoodThen } from '../../domain/sigstore/verify-for-tenant.ts';
import { enrolledKeys } from '../../services/database/enrolled-keys.ts';
import { tenantKeys } from '../../services/keys/tenant-keys.ts';
import type { ApiDeps } from '../deps.ts';

export type Agent = {
  readonly tenant: string;
  readonly keyId: string;
  readonly certificate: X509Certificate;
};

/**
 * Who is on the other side of a connection. That the authority once issued its certificate was seen at the handshake; whether it
 * still counts is asked of the registry for every request, so that a revocation holds from the next one on: the row must call it
 * active, and the list that Trust signed must have this very certificate.
 */
export async function enrolledAgent(
  { database, trust }: Pick<ApiDeps, 'database' | 'trust'>,
  { socket }: IncomingMessage,
  now = new Date(),
): Promise<Agent> {
  const certificate =
    socket instanceof TLSSocket && socket.authorized ? socket.getPeerX509Certificate() : undefined;
  if (certificate === undefined) throw refused('it shows no certificate');
  const keyId = idOfKey(certificate.publicKey);
  const enrolled = (await enrolledKeys(database, keyId)).find((row) => isSame(row.certificate, certificate));
  if (enrolled === undefined) throw refused(`${keyId} is no active key that was enrolled`);
  const { keys } = await tenantKeys(database, trust.keySet, enrolled.tenant);
  const key = keys.find(
    ({ id, role, tenant }) => id === keyId && role === 'evidence' && tenant === enrolled.tenant,
  );
  if (key?.certificate_pem === undefined || !isSame(key.certificate_pem, certificate))
    throw refused(`${keyId} is on no list of Trust with this certificate`);
  requireGoodNow(key, now);
  return { tenant: enrolled.tenant, keyId, certificate };
}

const isSame = (pem: string, { raw }: X509Certificate): boolean => new X509Certificate(pem).raw.equals(raw);

function requireGoodNow(key: TrustedKey, now: Date): void {
  if (key.revoked !== undefined) throw refused(`the key ${key.id} was revoked: ${key.revoked.reason}`);
  try {
    requireGoodThen(key, now);
  } catch (error) {
    if (error instanceof SigstoreError) throw refused(error.message);
    throw error;
  }
}

const refused = (why: string): CertusError =>
  new CertusError('agent_not_enrolled', `this agent may deliver nothing: ${why}`);
