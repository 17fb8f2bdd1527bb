import { randomBytes } from 'node:crypto';
import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { UploadSessionRequest } from '../../contracts/uploads.ts';
import { findReceived } from '../../services/database/received-documents.ts';
import {
  countOpen,
  findBegun,
  openSession,
  type SessionRecord,
} from '../../services/database/upload-sessions.ts';
import type { Principal } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import { documentName } from './document-name.ts';

type Begun = { readonly created: boolean; readonly session: SessionRecord };

/** Opens an upload, or finds the one that the same person has begun of the same document and was cut off from. */
export async function beginSession(
  { database, settings }: Pick<ApiDeps, 'database' | 'settings'>,
  principal: Principal,
  scope: Scope,
  { name: asked, size, sha256, mode }: UploadSessionRequest,
): Promise<Begun> {
  if (size > settings.CERTUS_UPLOAD_MAX_BYTES)
    throw new CertusError(
      'payload_too_large',
      `the document is larger than ${settings.CERTUS_UPLOAD_MAX_BYTES} bytes`,
    );
  const name = documentName('', asked);
  const now = new Date();
  const known = await findReceived(database, scope, name);
  if (known !== undefined && known.sha256 !== sha256)
    throw new CertusError('object_conflict', 'there is another document under this name already');
  const same = { name, size, sha256, mode, createdBy: principal.subject };
  const begun = known === undefined ? await findBegun(database, scope, same, now) : undefined;
  if (begun !== undefined) return { created: false, session: begun };
  if ((await countOpen(database, scope)) >= MOST_OPEN)
    throw new CertusError('too_many_attempts', `${MOST_OPEN} uploads are under way in this workspace`);
  const session = {
    ...same,
    id: `upload_${randomBytes(16).toString('hex')}`,
    state: known === undefined ? ('open' as const) : ('received' as const),
    createdAt: now,
    expiresAt: new Date(now.getTime() + settings.CERTUS_UPLOAD_HOURS * 3_600_000),
    endedAt: known === undefined ? null : now,
  };
  await openSession(database, scope, session);
  return { created: true, session: { ...session, error: null } };
}

/** What lies about in pieces is paid for by the installation. */
const MOST_OPEN = 1000;
