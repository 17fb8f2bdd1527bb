import {
  DeleteObjectCommand,
  GetObjectLockConfigurationCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { CertusError } from '../../contracts/errors.ts';
import { isDenied, isMissing, onS3 } from './s3-errors.ts';
import type { Place } from './s3-place.ts';

/**
 * Asks before anything is sent: some servers refuse the lock only once the object stands, and it would stand without one.
 */
export const requireLock = async (client: S3Client, bucket: string): Promise<void> => {
  const enabled = await onS3(`ask for the lock of ${bucket}`, async () => {
    try {
      const { ObjectLockConfiguration } = await client.send(
        new GetObjectLockConfigurationCommand({ Bucket: bucket }),
      );
      return ObjectLockConfiguration?.ObjectLockEnabled === 'Enabled';
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  });
  if (enabled) return;
  throw new CertusError(
    'dependency_unavailable',
    `The bucket ${bucket} can keep nothing from being changed: it was made without object lock. Switch it on where the server can, or make the bucket anew`,
  );
};

/**
 * A bucket with a lock keeps every version, and removing an object would only hide its bytes. So each version is removed, the
 * oldest first: whoever reads meanwhile sees the newest or nothing. The server itself holds to what is retained.
 */
export const removeVersions = async (place: Place): Promise<void> => {
  const { client, bucket, key, where } = place;
  const versions = await versionsOf(place);
  for (const VersionId of versions.reverse()) {
    await onS3(`remove ${where}`, async () => {
      try {
        await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, VersionId }));
      } catch (error) {
        if (!isProtected(error)) throw error;
        throw new CertusError('object_retained', `${where} has a version that stays as it is`, {
          cause: error,
        });
      }
    });
  }
};

const isProtected = (error: unknown): boolean =>
  isDenied(error) && error instanceof S3ServiceException && /object lock|WORM|retention/i.test(error.message);

/** The newest first. */
const versionsOf = async ({ client, bucket, key, where }: Place): Promise<string[]> => {
  const versions: Version[] = [];
  let marker: Pick<ListObjectVersionsCommandOutput, 'NextKeyMarker' | 'NextVersionIdMarker'> = {};
  for (;;) {
    const page = await onS3(`list the versions of ${where}`, () =>
      client.send(
        new ListObjectVersionsCommand({
          Bucket: bucket,
          Prefix: key,
          KeyMarker: marker.NextKeyMarker,
          VersionIdMarker: marker.NextVersionIdMarker,
        }),
      ),
    );
    const listed: Version[] = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
    versions.push(...listed.filter(({ Key }) => Key === key));
    // The key itself comes before all that it is only the beginning of.
    if (!page.IsTruncated || listed.some(({ Key }) => Key !== key)) break;
    marker = page;
  }
  return versions.sort(newestFirst).flatMap(({ VersionId }) => VersionId ?? []);
};

type Version = {
  readonly Key?: string | undefined;
  readonly VersionId?: string | undefined;
  readonly IsLatest?: boolean | undefined;
  readonly LastModified?: Date | undefined;
};

const newestFirst = (one: Version, other: Version): number =>
  Number(other.IsLatest ?? false) - Number(one.IsLatest ?? false) ||
  (other.LastModified?.getTime() ?? 0) - (one.LastModified?.getTime() ?? 0);
