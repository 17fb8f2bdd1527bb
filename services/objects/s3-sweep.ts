import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { isForbidden, isMissing } from './s3-errors.ts';

const WEEK = 7 * 24 * 60 * 60 * 1000;

/**
 * Takes back what killed writers left on its way: parts are paid for and belong to no object. A living writer has done
 * with its upload within the week. Who may not look leaves it to those who may.
 */
export const sweepUploads = async (client: S3Client, bucket: string, now: number): Promise<void> => {
  try {
    for await (const { Uploads = [] } of pages(client, bucket)) {
      for (const { Key, UploadId, Initiated } of Uploads) {
        if (Initiated === undefined || now - Initiated.getTime() <= WEEK) continue;
        await takeBack(client, new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }));
      }
    }
  } catch (error) {
    if (!isForbidden(error) && !isNotOffered(error)) throw error;
  }
};

async function* pages(client: S3Client, Bucket: string): AsyncGenerator<ListMultipartUploadsCommandOutput> {
  let marker: { readonly KeyMarker?: string; readonly UploadIdMarker?: string } = {};
  for (;;) {
    const page = await client.send(new ListMultipartUploadsCommand({ Bucket, ...marker }));
    yield page;
    // Without a word from where, the first page would be asked for for ever.
    if (!page.IsTruncated || !page.NextKeyMarker) return;
    marker = {
      KeyMarker: page.NextKeyMarker,
      ...(page.NextUploadIdMarker ? { UploadIdMarker: page.NextUploadIdMarker } : {}),
    };
  }
}

/** Another process that was opened at the same time may have been first. */
const takeBack = async (client: S3Client, command: AbortMultipartUploadCommand): Promise<void> => {
  try {
    await client.send(command);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
};

const isNotOffered = (error: unknown): boolean =>
  error instanceof S3ServiceException && error.$metadata.httpStatusCode === 501;
