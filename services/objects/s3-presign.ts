import type { Place } from './s3-place.ts';
import { signedAddress } from './s3-query-signature.ts';
import type { PresignOptions } from './store.ts';

/** Only the host is signed of the headers, so that every client can follow it; the type and the file name are part of it. */
export const presignedUrl = (
  place: Place,
  { seconds, contentType, contentDisposition }: PresignOptions,
): Promise<string> => {
  const query = {
    'response-content-disposition': contentDisposition,
    'response-content-type': contentType,
  };
  return signedAddress(place, { method: 'GET', seconds, query, headers: {} });
};
