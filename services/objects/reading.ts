import { createHash, hash } from 'node:crypto';
import { PassThrough, pipeline, type Readable, Transform } from 'node:stream';
import { isNativeError } from 'node:util/types';
import { CertusError } from '../../contracts/errors.ts';
import type { ByteRange, ObjectInfo } from './store.ts';

type OpenObject = { readonly info: ObjectInfo; readonly body: Readable };

/** The body, ending in an error when its bytes are not those that were stored: disks rot and servers lie. */
export const verified = ({ info, body }: OpenObject): Readable => {
  const hash = createHash('sha256');
  const check = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
    flush(done) {
      done(hash.digest('hex') === info.sha256 ? null : mismatch(info));
    },
    destroy(error, done) {
      done(error && brokenOff(info, error));
    },
  });
  // The error reaches the reader through `check`; destroying `check` closes the source.
  return pipeline(body, check, () => undefined);
};

/** The whole object; stops at the limit whatever size the store had promised. */
export const readWhole = async ({ info, body }: OpenObject, limit: number): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (info.size > limit) {
    body.destroy();
    throw tooLarge(info, limit);
  }
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit) throw tooLarge(info, limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
};

/** The same, held to its digest when it is there: of a small one the stream that does so costs more than its bytes. */
export const readVerified = async (object: OpenObject, limit: number): Promise<Uint8Array> => {
  const bytes = await readWhole(object, limit).catch((error: unknown) => {
    throw isNativeError(error) ? brokenOff(object.info, error) : error;
  });
  if (hash('sha256', bytes) !== object.info.sha256) throw mismatch(object.info);
  return bytes;
};

export const notFound = (where: string) => new CertusError('object_not_found', `There is no object ${where}`);

export const checkRange = (info: ObjectInfo, { start, end }: ByteRange): void => {
  if (!Number.isInteger(start) || !Number.isInteger(end) || start < 0 || start > end || end >= info.size) {
    throw new CertusError(
      'range_not_satisfiable',
      `${info.key} has ${info.size} bytes, not ${start} to ${end}`,
    );
  }
};

/** A stream that breaks off tells so in one way, whatever it reads from. */
export const reported = ({ info, body }: OpenObject): Readable => {
  const through = new PassThrough({ destroy: (error, done) => done(error && brokenOff(info, error)) });
  return pipeline(body, through, () => undefined);
};

export const mismatch = (info: ObjectInfo) =>
  new CertusError('digest_mismatch', `${info.key} is not what was stored: expected sha256 ${info.sha256}`);

/** A disk or a network that fails half way is worth another try, as it is before the first byte. */
const brokenOff = (info: ObjectInfo, error: Error): CertusError =>
  error instanceof CertusError
    ? error
    : new CertusError('dependency_unavailable', `Reading ${info.key} broke off: ${error.message}`, {
        cause: error,
      });

export const tooLarge = (info: ObjectInfo, limit: number) =>
  new CertusError('object_too_large', `${info.key} is larger than the ${limit} bytes that may be read`);
