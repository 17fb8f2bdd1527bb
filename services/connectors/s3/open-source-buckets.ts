import { CertusError } from '../../../contracts/errors.ts';
import type { ObjectStore } from '../../objects/store.ts';
import type { SourceBucket, SourceBuckets } from './source-bucket.ts';
import { storedBucket } from './stored-bucket.ts';

/** The part of the S3 client's settings that says where it is, and as whom. */
type S3Access = {
  readonly endpoint?: string | undefined;
  readonly region: string;
  readonly accessKeyId?: string | undefined;
  readonly secretAccessKey?: string | undefined;
};

export type OpenedBuckets = { readonly buckets: SourceBuckets; readonly close: () => void };

/** Buckets that an operator has named. Ours are never among them: evidence and uploads of all tenants lie there. */
export async function openSourceBuckets(
  {
    url,
    access,
    objects,
  }: { readonly url: string; readonly access: S3Access; readonly objects: ObjectStore },
  { allowed, ours }: { readonly allowed: readonly string[]; readonly ours: readonly string[] },
): Promise<OpenedBuckets> {
  const { open, close } = url === 's3://' ? await onS3(access) : inStore(objects);
  return {
    buckets: (name) => {
      if (!allowed.includes(name) || ours.includes(name))
        throw new CertusError('source_not_allowed', `${name} is not one of CERTUS_SOURCE_BUCKETS`);
      return open(name);
    },
    close,
  };
}

type Opened = { readonly open: (name: string) => SourceBucket; readonly close: () => void };

/** Loaded only where it is used: the client costs a process memory. */
async function onS3(access: S3Access): Promise<Opened> {
  const [{ connectS3 }, { s3Bucket }] = await Promise.all([
    import('../../objects/s3-store.ts'),
    import('./s3-bucket.ts'),
  ]);
  const client = connectS3(access);
  return { open: (name) => s3Bucket(client, name), close: () => client.destroy() };
}

const inStore = (objects: ObjectStore): Opened => ({
  open: (name) => storedBucket(objects.readable(name)),
  close: () => undefined,
});
