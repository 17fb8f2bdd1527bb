import { CertusError } from '../../contracts/errors.ts';
import { chunksOf, inMemory, MAX_IN_MEMORY } from './blob-chunks.ts';
import { checkBytes } from './content.ts';
import type { Send } from './distribution-client.ts';
import type { Answer } from './exchange.ts';
import { isDigest } from './names.ts';
import type { BlobSource } from './registry.ts';
import { retrying, TryAgain, type Wait } from './retry.ts';
import { sendChunk, type Upload, UploadLost } from './upload-chunk.ts';

export type Uploading = {
  readonly send: Send;
  readonly wait: Wait;
  readonly scope: string;
  readonly repository: string;
  readonly digest: string;
  readonly body: Uint8Array | BlobSource;
  readonly mountFrom?: string | undefined;
  readonly unasked?: boolean | undefined;
  readonly isThere: () => Promise<boolean>;
};

/**
 * Sends a blob: what is small in one piece, what is not in chunks, of which one at a time is in memory. A piece that broke
 * off is gone on with where the registry says that it stopped, and an upload that it has forgotten is begun anew. An answer
 * that was lost may have been a yes, so that each further attempt asks first whether the blob is there.
 */
export const uploadBlob = (uploading: Uploading): Promise<void> => {
  let ask = !uploading.unasked;
  return retrying(uploading.wait, async () => {
    if (ask && (await uploading.isThere())) return;
    ask = true;
    const upload = await openUpload(uploading);
    if (upload === 'mounted') return;
    try {
      if (inMemory(uploading.body)) await sendWhole(uploading, upload);
      else await sendInChunks(uploading, upload);
    } catch (error) {
      if (error instanceof UploadLost) throw new TryAgain(error.message, { cause: error });
      throw error;
    }
  });
};

const openUpload = async ({ send, scope, repository, digest, mountFrom }: Uploading) => {
  const mount = new URLSearchParams(mountFrom === undefined ? {} : { mount: digest, from: mountFrom });
  const target = `/v2/${repository}/blobs/uploads/${mount.size === 0 ? '' : `?${mount}`}`;
  const opened = await send(target, scope, { method: 'POST', limit: MAX_NOTE });
  if (opened.status === 404)
    throw new CertusError('registry_refused', `The registry knows no repository ${repository}`);
  if (opened.status === 201 && mountFrom !== undefined) return 'mounted';
  const at = locationIn(opened);
  if (at === undefined)
    throw new CertusError('registry_refused', `The registry does not say where to upload to ${repository}`);
  return { at, chunkBytes: chunkBytesFor(opened, repository) };
};

/** A registry in front of a store may want chunks of a size that the store takes; memory bounds what we give in to. */
const chunkBytesFor = (opened: Answer, repository: string): number => {
  const least = Number(opened.header('oci-chunk-min-length') ?? 0);
  if (Number.isSafeInteger(least) && least <= LARGEST_CHUNK) return Math.max(MAX_IN_MEMORY, least);
  throw new CertusError('registry_refused', `The registry wants ${repository} in chunks of ${least} bytes`);
};

const sendWhole = async (uploading: Uploading, { at }: Upload): Promise<void> => {
  const { send, scope, repository, digest, body } = uploading;
  const bytes = checkBytes(await wholeOf(body, repository), digest, 'The blob');
  const headers = { 'content-type': 'application/octet-stream' };
  const target = withDigest(at, digest);
  const answer = await send(target, scope, { method: 'PUT', headers, body: bytes, limit: MAX_NOTE });
  requireStored(answer, uploading);
};

const wholeOf = async (body: Uint8Array | BlobSource, repository: string): Promise<Uint8Array> => {
  if (body instanceof Uint8Array) return body;
  for await (const { bytes } of chunksOf(body, MAX_IN_MEMORY, undefined, repository)) return bytes;
  return new Uint8Array();
};

const sendInChunks = async (uploading: Uploading, upload: Upload): Promise<void> => {
  const { send, scope, repository, digest, body, isThere } = uploading;
  let at = upload.at;
  try {
    for await (const chunk of chunksOf(body, upload.chunkBytes, digest, repository))
      at = await sendChunk(uploading, at, chunk);
  } catch (error) {
    // what was never what its digest says should not lie around; that it may do so is the registry's to forget
    if (error instanceof CertusError && error.code === 'digest_mismatch')
      await send(at, scope, { method: 'DELETE', limit: MAX_NOTE, expected: [400, 405] });
    throw error;
  }
  let asked = false;
  await patiently(uploading, async () => {
    if (asked && (await isThere())) return;
    asked = true;
    const answer = await send(withDigest(at, digest), scope, { method: 'PUT', limit: MAX_NOTE });
    requireStored(answer, uploading);
  });
};

/** What did not come about in so many attempts is not begun from its first byte just as often. */
const patiently = async ({ wait }: Uploading, attempt: () => Promise<void>): Promise<void> => {
  try {
    await retrying(wait, attempt);
  } catch (error) {
    if (!(error instanceof TryAgain)) throw error;
    throw new CertusError('dependency_unavailable', error.message, { cause: error });
  }
};

const requireStored = (answer: Answer, { repository, digest }: Uploading): void => {
  // The session went with the node or the token that had opened it.
  if (answer.status === 404) throw new UploadLost(repository);
  const stored = answer.header('docker-content-digest');
  if (stored !== undefined && isDigest(stored) && stored !== digest)
    throw new CertusError('digest_mismatch', `The registry stored ${stored} in place of ${digest}`);
};

const withDigest = (at: URL, digest: string): URL => {
  const target = new URL(at);
  target.searchParams.set('digest', digest);
  return target;
};

const locationIn = (answer: Answer): URL | undefined => {
  const location = answer.header('location');
  return location !== undefined && URL.canParse(location, answer.url.href)
    ? new URL(location, answer.url)
    : undefined;
};

const LARGEST_CHUNK = 64 * 1024 * 1024;
const MAX_NOTE = 64 * 1024;
