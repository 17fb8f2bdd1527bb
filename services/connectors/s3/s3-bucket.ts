import { Readable } from 'node:stream';
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { CertusError } from '../../../contracts/errors.ts';
import { isForbidden, isMissing, onS3 } from '../../objects/s3-errors.ts';
import { nameFault } from '../names.ts';
import type { SourceBucket } from './source-bucket.ts';

/** A bucket on S3. A page begins after a name and not at a token of the server: names do not expire. */
export const s3Bucket = (client: S3Client, name: string): SourceBucket => ({
  locate: (key) => `s3://${name}/${key}`,
  page: async ({ prefix, after, limit, signal }) => {
    const request = new ListObjectsV2Command({
      Bucket: name,
      Prefix: prefix,
      MaxKeys: Math.min(limit, 1000),
      // a name with a control character cannot stand in XML: the whole page could not be read
      EncodingType: 'url',
      ...(after === null ? {} : { StartAfter: after }),
    });
    const until = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
    const answer = await refusable(name, () => client.send(request, { abortSignal: until }));

    const decode = answer.EncodingType === 'url' ? decoded : (text: string) => text;
    const listed = (answer.Contents ?? []).map(({ Key = '', Size = 0, ETag, LastModified }) => ({
      key: decode(Key),
      size: Size,
      etag: versionOf(ETag, LastModified),
    }));
    const next = answer.IsTruncated === true ? (listed.at(-1)?.key ?? null) : null;
    if (next !== null && after !== null && Buffer.compare(Buffer.from(next), Buffer.from(after)) <= 0)
      throw new CertusError('answer_untrusted', `s3://${name} lists in circles`);
    return {
      objects: listed.filter(({ key }) => nameFault(key) === undefined),
      // an empty object whose name ends in "/" is how some tools write a folder
      odd: listed.filter(isOdd).map(({ key }) => key),
      next,
    };
  },
  read: async (key, { maxBytes, signal }) => {
    const where = `s3://${name}/${key}`;
    const answer = await refusable(name, () =>
      client.send(new GetObjectCommand({ Bucket: name, Key: key }), { abortSignal: signal }),
    ).catch((error: unknown) => {
      if (error instanceof CertusError && error.code === 'source_not_found')
        throw new CertusError('item_gone', 'the object is not there any more');
      throw error;
    });
    if (!(answer.Body instanceof Readable)) throw new TypeError('the S3 client answered without a stream');
    const bytes = await onS3(`read ${where}`, () => bounded(answer.Body as Readable, maxBytes));
    return {
      bytes,
      etag: versionOf(answer.ETag, answer.LastModified),
      mediaType: answer.ContentType ?? null,
    };
  },
});

/** Every store says one of them; what has no version is read each time. */
const versionOf = (etag: string | undefined, changed: Date | undefined): string =>
  etag ?? changed?.toISOString() ?? '';

/** For a thousand names; a store that drips would be listened to without end. */
const PATIENCE_MS = 120_000;

/** Where S3 says that it is not there, or not ours to see: nobody mends that by asking again. */
const refusable = <T>(bucket: string, request: () => Promise<T>): Promise<T> =>
  onS3(`read s3://${bucket}`, async () => {
    try {
      return await request();
    } catch (error) {
      if (isMissing(error))
        throw new CertusError('source_not_found', `there is no s3://${bucket}, or not this object`);
      if (isForbidden(error)) throw new CertusError('source_not_allowed', `s3://${bucket} may not be read`);
      throw error;
    }
  });

const isOdd = ({ key, size }: { readonly key: string; readonly size: number }): boolean =>
  nameFault(key) !== undefined && (size > 0 || !key.endsWith('/'));

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

async function bounded(body: Readable, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    // leaving the loop closes the connection: the rest is not waited for
    if (size > maxBytes) throw new CertusError('item_too_large', `it is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
