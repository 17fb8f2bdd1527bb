import { CertusError } from '../../contracts/errors.ts';
import { DIGEST } from './s3-metadata.ts';
import type { Place } from './s3-place.ts';
import { signedAddress } from './s3-query-signature.ts';
import type { PresignedPut, PresignPutOptions } from './store.ts';

/** What S3 takes in one request. */
const MAX_BYTES = 5 * 1024 ** 3;
const MAX_SECONDS = 7 * 24 * 60 * 60;

/**
 * An address that takes one object: of this size, with this digest, and while the key is free. All of that is signed, and a
 * server that holds to it refuses anything else. One that takes no notice of the digest or of the condition would let
 * whoever has the address store other bytes, or replace what they stored; it would not let them reach another key. So what came this
 * way is to be read and held to its digest before it counts.
 */
export const presignedPut = async (
  place: Place,
  { seconds, size, sha256 }: PresignPutOptions,
): Promise<PresignedPut> => {
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > MAX_SECONDS)
    throw new CertusError('invalid_request', `An address may be good for 1 to ${MAX_SECONDS} seconds`);
  if (!Number.isInteger(size) || size < 0 || !/^[0-9a-f]{64}$/.test(sha256))
    throw new CertusError('invalid_request', 'An address to store at needs the size and the sha256');
  if (size > MAX_BYTES)
    throw new CertusError('object_too_large', `${place.where}: one request takes ${MAX_BYTES} bytes`);
  const headers = {
    'content-length': String(size),
    'content-type': 'application/octet-stream',
    'if-none-match': '*',
    'x-amz-checksum-sha256': Buffer.from(sha256, 'hex').toString('base64'),
    // Believed by nobody who reads: the bytes are held to it. It saves taking the digest to look at the object.
    [`x-amz-meta-${DIGEST}`]: sha256,
  };
  return {
    url: await signedAddress(place, { method: 'PUT', seconds, query: {}, headers }),
    method: 'PUT',
    headers,
  };
};
