import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { PutObjectCommand, type PutObjectCommandInput, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { CertusError } from '../../contracts/errors.ts';
import { isTaken, onS3 } from './s3-errors.ts';
import { DIGEST, WRITER } from './s3-metadata.ts';
import { headObject } from './s3-read.ts';
import { PART, type Spooled, spool } from './s3-spool.ts';
import type { ObjectInfo, PutOptions, PutResult } from './store.ts';

/** Nothing leaves this process before the whole body has been read and its digest is the announced one. */
export const putObject = async (
  client: S3Client,
  bucket: string,
  key: string,
  where: string,
  body: Uint8Array | Readable,
  options: PutOptions,
): Promise<PutResult> => {
  const spooled = await spool(body);
  try {
    const { size, sha256 } = spooled;
    if (options.sha256 !== undefined && options.sha256 !== sha256) {
      throw new CertusError(
        'digest_mismatch',
        `${where} was to have sha256 ${options.sha256} and has ${sha256}`,
      );
    }
    const { contentType, metadata = {} } = options;
    const writer = randomUUID();
    const params: PutObjectCommandInput = {
      Bucket: bucket,
      Key: key,
      ContentType: contentType,
      Metadata: { ...metadata, [DIGEST]: sha256, [WRITER]: writer },
      ...(options.ifAbsent ? { IfNoneMatch: '*' } : {}),
    };
    const standing = await send(client, bucket, key, where, spooled, params);
    if (standing !== undefined && standing.writer !== writer)
      return { outcome: 'exists', info: standing.info };
    const info: ObjectInfo = { key, size, sha256, contentType, metadata };
    return { outcome: 'created', info };
  } finally {
    await spooled.release();
  }
};

const ATTEMPTS = 20;

/** Answers with what holds the key already, or `undefined` once the upload is through. */
const send = async (
  client: S3Client,
  bucket: string,
  key: string,
  where: string,
  spooled: Spooled,
  params: PutObjectCommandInput,
) => {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const stored = await onS3(`write ${where}`, async () => {
      try {
        await upload(client, spooled, params);
        return true;
      } catch (error) {
        if (params.IfNoneMatch !== undefined && isTaken(error)) return false;
        throw error;
      }
    });
    if (stored) return undefined;
    const standing = await headObject(client, bucket, key, where);
    if (standing !== undefined) return standing;
    // The other writer has not finished, may yet fail, or its object has just been removed: ask again.
    await wait(attempt * 25);
  }
  throw new CertusError(
    'dependency_unavailable',
    `Cannot write ${where}: another writer kept holding the key`,
  );
};

/**
 * One request for what is in memory, parts for what is not. Either is visible only when complete, and the server
 * checks each against its digest. In memory at a time: the parts on their way and the one being cut.
 */
const upload = async (client: S3Client, spooled: Spooled, params: PutObjectCommandInput): Promise<void> => {
  if (spooled.body instanceof Uint8Array) {
    const ChecksumSHA256 = Buffer.from(spooled.sha256, 'hex').toString('base64');
    await client.send(new PutObjectCommand({ ...params, Body: spooled.body, ChecksumSHA256 }));
    return;
  }
  const Body = spooled.body();
  try {
    const partSize = Math.max(PART, Math.ceil(spooled.size / MAX_PARTS));
    const whole = { ...params, Body, ContentLength: spooled.size, ChecksumAlgorithm: 'SHA256' } as const;
    await new Upload({ client, params: whole, partSize, queueSize: 2 }).done();
  } finally {
    Body.destroy();
  }
};

const MAX_PARTS = 10_000;
