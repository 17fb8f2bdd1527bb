import { CertusError } from '../../contracts/errors.ts';
import type { Send } from './distribution-client.ts';
import { isDigest } from './names.ts';
import { TryAgain } from './retry.ts';

/** Opens an upload and sends the blob in one piece; an upload that breaks is begun anew, never resumed. */
export const uploadBlob = async (
  send: Send,
  scope: string,
  repository: string,
  digest: string,
  bytes: Uint8Array,
): Promise<void> => {
  const opened = await send(`/v2/${repository}/blobs/uploads/`, scope, { method: 'POST', limit: MAX_NOTE });
  if (opened.status === 404)
    throw new CertusError('registry_refused', `The registry knows no repository ${repository}`);
  const location = opened.header('location');
  if (location === undefined || !URL.canParse(location, opened.url.href)) {
    throw new CertusError('registry_refused', `The registry does not say where to upload to ${repository}`);
  }
  const target = new URL(location, opened.url);
  target.searchParams.set('digest', digest);
  const headers = { 'content-type': 'application/octet-stream' };
  const done = await send(target, scope, { method: 'PUT', headers, body: bytes, limit: MAX_NOTE });
  // The session went with the node or the token that had opened it.
  if (done.status === 404) throw new TryAgain(`The registry has forgotten the upload to ${repository}`);
  const stored = done.header('docker-content-digest');
  if (stored !== undefined && isDigest(stored) && stored !== digest) {
    throw new CertusError('digest_mismatch', `The registry stored ${stored} in place of ${digest}`);
  }
};

const MAX_NOTE = 64 * 1024;
