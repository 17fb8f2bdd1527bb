import type { S3Client } from '@aws-sdk/client-s3';

/** Where on S3 an object is, or is to be. */
export type Place = {
  readonly client: S3Client;
  readonly bucket: string;
  readonly key: string;
  /** For people. */
  readonly where: string;
};
