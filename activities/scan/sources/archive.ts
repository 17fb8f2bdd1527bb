import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CertusError } from '../../../contracts/errors.ts';
import { archiveKey } from '../../../contracts/object-keys.ts';
import { NewTree } from '../../../services/archive/new-tree.ts';
import { unpackArchive } from '../../../services/archive/unpack.ts';
import type { ReadableBucket } from '../../../services/objects/store.ts';
import { Skipped } from '../skipped.ts';
import { type Fetching, NOWHERE, type Origin } from './origin.ts';

/** An archive that was uploaded to the same workspace. */
export async function fromArchive(fetching: Fetching<'archive'>, uploads: ReadableBucket): Promise<Origin> {
  const { source, scope, draft, tree, limits, signal } = fetching;
  const file = join(draft, 'archive');
  await download(uploads, archiveKey(scope, source.sha256), source.sha256, file, signal);
  const skipped = new Skipped();
  await unpackArchive({
    file,
    tree: new NewTree(tree, limits, (code, path) => skipped.add(code, path)),
    maxFlow: FLOW * limits.maxBytes,
    signal,
  });
  await rm(file);
  return { ...NOWHERE, originDigest: source.sha256, skipped };
}

/** What is left out of a source has to flow past all the same. */
export const FLOW = 4;

/** Its bytes are checked on the way against what was stored, and what was stored against what was asked for. */
async function download(
  uploads: ReadableBucket,
  key: string,
  sha256: string,
  file: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { info, body } = await uploads.open(key).catch((error: unknown) => {
    if (error instanceof CertusError && error.code === 'object_not_found')
      throw new CertusError('archive_not_found', 'no such archive was uploaded to this workspace');
    throw error;
  });
  if (info.sha256 !== sha256) {
    body.destroy();
    throw new CertusError('digest_mismatch', 'the archive is not the one that was uploaded');
  }
  await pipeline(body, createWriteStream(file, { flags: 'wx', mode: 0o600 }), { signal });
}
