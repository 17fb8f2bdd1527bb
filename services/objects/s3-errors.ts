import { isNativeError } from 'node:util/types';
import { S3ServiceException } from '@aws-sdk/client-s3';
import { CertusError } from '../../contracts/errors.ts';

const status = (error: unknown): number | undefined =>
  error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;

/** A HEAD has no body to name the reason, so an unknown bucket and an unknown key look the same. */
export const isMissing = (error: unknown): boolean => status(error) === 404;

/** What is not ours to look at: also a bucket that may be written and not read. */
export const isForbidden = (error: unknown): boolean => status(error) === 403;

/** A known caller, who may not do this. */
export const isDenied = (error: unknown): boolean =>
  error instanceof S3ServiceException && error.name === 'AccessDenied';

/** Somebody else holds the key (412), or is taking it this very moment (409). */
export const isTaken = (error: unknown): boolean => status(error) === 412 || isBeingTaken(error);

export const isBeingTaken = (error: unknown): boolean =>
  error instanceof S3ServiceException && error.name === 'ConditionalRequestConflict';

export const isBucketThere = (error: unknown): boolean =>
  error instanceof S3ServiceException &&
  ['BucketAlreadyOwnedByYou', 'BucketAlreadyExists'].includes(error.name);

/** Runs one request; what the server or the network says to it becomes an error of ours. */
export const onS3 = async <T>(doing: string, request: () => Promise<T>): Promise<T> => {
  try {
    return await request();
  } catch (error) {
    throw translate(doing, error);
  }
};

const CONFLICTS = [
  'ObjectParentIsFile',
  'ExistingObjectIsDirectory',
  'XMinioParentIsObject',
  'XMinioObjectExistsAsDirectory',
];

const translate = (doing: string, error: unknown): unknown => {
  if (!isNativeError(error) || error instanceof CertusError) return error;
  const say = (reason: string) => `Cannot ${doing}: ${reason}`;
  const options = { cause: error };
  if (CONFLICTS.includes(error.name)) {
    return new CertusError(
      'object_conflict',
      say('a key and keys below it do not go together on this store'),
      options,
    );
  }
  if (error.name === 'EntityTooLarge')
    return new CertusError('object_too_large', say(error.message), options);
  if (error.name === 'KeyTooLongError') return new CertusError('invalid_key', say(error.message), options);
  // Everything else is the server's state or the network between: worth another try once somebody has looked.
  if (error instanceof S3ServiceException || isNetwork(error)) {
    return new CertusError(
      'dependency_unavailable',
      say(`${error.name}: ${error.message || codeOf(error)}`),
      options,
    );
  }
  return error;
};

/** The client marks what it met on the wire; credentials that cannot be had count as well. */
const isNetwork = (error: Error) =>
  '$metadata' in error ||
  codeOf(error) !== '' ||
  error.message.startsWith(HANDED_ON) ||
  ['TimeoutError', 'AbortError', 'CredentialsProviderError'].includes(error.name);

/** As the client calls what is no error to it, of a request that it does not repeat. */
const HANDED_ON = 'AWS SDK error wrapper for ';

const codeOf = (error: Error): string =>
  'code' in error && typeof error.code === 'string' ? error.code : '';
