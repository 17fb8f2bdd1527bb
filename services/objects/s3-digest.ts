import type { PutObjectCommand, UploadPartCommand } from '@aws-sdk/client-s3';

/**
 * The digest that is signed as the payload's, which the server holds the body to. It is known already: the client would
 * take it of the same bytes again.
 */
export const signedAs = <C extends PutObjectCommand | UploadPartCommand>(command: C, sha256: string): C => {
  (command.middlewareStack as PutObjectCommand['middlewareStack']).add(
    (next) => (args) => {
      Object.assign(headersOf(args.request), { 'x-amz-content-sha256': sha256 });
      return next(args);
    },
    { step: 'build', name: 'knownPayloadDigest' },
  );
  return command;
};

const headersOf = (request: unknown): object => {
  if (typeof request === 'object' && request !== null && 'headers' in request) {
    const { headers } = request;
    if (typeof headers === 'object' && headers !== null) return headers;
  }
  throw new TypeError('the S3 client built a request without headers');
};
