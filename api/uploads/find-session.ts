import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { findSession, type SessionRecord } from '../../services/database/upload-sessions.ts';
import type { ApiDeps } from '../deps.ts';

/** An upload of the caller's own workspace: of any other nobody learns that it is there. */
export async function existingSession(
  { database }: Pick<ApiDeps, 'database'>,
  scope: Scope,
  id: string,
): Promise<SessionRecord> {
  const session = await findSession(database, scope, id);
  if (session === undefined)
    throw new CertusError('upload_not_found', 'there is no such upload in this workspace');
  return session;
}

/** One that still takes bytes. */
export function requireOpen(session: SessionRecord, now: Date): void {
  if (session.state === 'expired' || (session.state === 'open' && session.expiresAt <= now))
    throw new CertusError('upload_expired', `the upload had time until ${session.expiresAt.toISOString()}`);
  if (session.state !== 'open')
    throw new CertusError('upload_incomplete', `the upload takes nothing more: it is ${session.state}`);
}
