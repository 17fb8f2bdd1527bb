import { CertusError } from '../../../contracts/errors.ts';
import { NewTree } from '../../../services/archive/new-tree.ts';
import type { ReadableBucket } from '../../../services/objects/store.ts';
import { Skipped } from '../skipped.ts';
import { type Fetching, NOWHERE, type Origin, type SourceDeps } from './origin.ts';
import { fromRemote } from './remote-source.ts';

/** Every object below a prefix, or the single one that it names, as a file. */
export async function fromBucket(
  { source, tree, limits, signal }: Fetching<'s3'>,
  { sourceBucket, raw, uploads }: SourceDeps,
): Promise<Origin> {
  // evidence and uploads of all tenants lie in ours: whoever scans these would read them
  const isOurs = [raw.name, uploads.name].includes(source.bucket);
  if (!limits.buckets.includes(source.bucket) || isOurs)
    throw new CertusError('source_not_allowed', `${source.bucket} is not one of CERTUS_SOURCE_BUCKETS`);
  const bucket = sourceBucket(source.bucket);
  const skipped = new Skipped();
  const files = new NewTree(tree, limits, (code, path) => skipped.add(code, path), {
    tooLarge: 'source_too_large',
    conflict: 'source_changed',
  });
  for (const { key, name, size } of await objectsBelow(bucket, source.prefix, 2 * limits.maxFiles, skipped)) {
    signal?.throwIfAborted();
    await files.add({
      name,
      shown: name,
      kind: 'file',
      size,
      executable: false,
      body: () => content(bucket, key),
    });
  }
  return { ...NOWHERE, skipped };
}

type Listed = { readonly key: string; readonly name: string; readonly size: number };

/** "src" stands for "src" and all below "src/", and never for "src-of-others/": a prefix is a folder to who names it. */
async function objectsBelow(
  bucket: ReadableBucket,
  prefix: string,
  max: number,
  skipped: Skipped,
): Promise<Listed[]> {
  const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  const listed: Listed[] = [];
  await fromRemote(async () => {
    for await (const { key, size } of bucket.list(prefix, (name) => skipped.add('name_unsafe', name))) {
      if (key.startsWith(folder)) listed.push({ key, name: key.slice(folder.length), size });
      else if (key === prefix) listed.push({ key, name: key.slice(key.lastIndexOf('/') + 1), size });
      if (listed.length > max)
        throw new CertusError('source_too_large', `there are more than ${max} objects`);
    }
  });
  return listed;
}

async function* content(bucket: ReadableBucket, key: string): AsyncGenerator<Uint8Array> {
  const { body } = await fromRemote(() => bucket.open(key));
  const pieces = body[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await fromRemote(() => pieces.next());
      if (next.done) return;
      yield next.value;
    }
  } finally {
    body.destroy();
  }
}
