import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import pMap from 'p-map';
import { BUNDLE, type BundleFile } from '../../contracts/bundle.ts';
import { CertusError } from '../../contracts/errors.ts';
import type { RunIdentity } from '../../contracts/workflows.ts';
import { bundleIndex } from '../../domain/bundle/bundle-index.ts';
import type { BundleDocument } from '../../domain/bundle/compose-bundle.ts';
import type { Bucket, ReadableBucket } from '../../services/objects/store.ts';
import type { ToolFile } from './tool-result.ts';

/**
 * Writes the documents beside what the tools left there, and the list of all of it last. What lies there and is not on
 * the list goes: an attempt that failed may have left it, and a verifier refuses what nobody signed.
 */
export async function storeBundle(
  raw: Bucket,
  prefix: string,
  run: RunIdentity,
  documents: readonly BundleDocument[],
  toolFiles: readonly ToolFile[],
): Promise<{ digest: string; paths: ReadonlySet<string> }> {
  for (const { path } of toolFiles) requireOwnPlace(path);
  const [written, found] = await Promise.all([
    pMap(documents, (document) => write(raw, prefix, document), { concurrency: 6 }),
    pMap(toolFiles, (file) => describe(raw, prefix, file), { concurrency: 4 }),
  ]);
  const { digest, bytes, index } = bundleIndex(run, [...written, ...found]);
  const paths = new Set(index.files.map(({ path }) => path));
  if (paths.size !== index.files.length)
    throw new CertusError('bundle_invalid', 'two files of the bundle have the same path');
  await removeOthers(raw, prefix, paths);
  await raw.put(`${prefix}${BUNDLE.index}`, bytes, { contentType: 'application/json', sha256: digest });
  return { digest, paths };
}

/** A tool's file may not stand in for one of ours. */
function requireOwnPlace(path: string): void {
  if (path.startsWith(BUNDLE.reports) || path === BUNDLE.cyclonedx || path === BUNDLE.spdx) return;
  throw new CertusError('bundle_invalid', `a tool may not leave ${path} in the bundle`);
}

/** Digest and size are those of what the store took in, counted on the way. */
async function write(raw: Bucket, prefix: string, document: BundleDocument): Promise<BundleFile> {
  const { path, mediaType } = document;
  const { info } = await raw.put(`${prefix}${path}`, body(document), { contentType: mediaType });
  return { path, sha256: info.sha256, size: info.size, media_type: mediaType };
}

const BUFFERED = 1024 * 1024;

/** Small files in one go, which is what a store does best; large ones as they are made. */
function body({ chunks }: BundleDocument): Uint8Array | Readable {
  const pieces = blocks(chunks());
  const first = pieces.next();
  if (first.done) return new Uint8Array();
  const second = pieces.next();
  if (second.done) return first.value;
  return Readable.from(
    (function* () {
      yield first.value;
      yield second.value;
      yield* pieces;
    })(),
  );
}

function* blocks(chunks: Iterable<string>): Generator<Buffer, undefined> {
  let waiting: string[] = [];
  let length = 0;
  for (const chunk of chunks) {
    waiting.push(chunk);
    length += chunk.length;
    if (length < BUFFERED) continue;
    yield Buffer.from(waiting.join(''));
    waiting = [];
    length = 0;
  }
  if (length > 0) yield Buffer.from(waiting.join(''));
  return undefined;
}

/** The bytes as they lie there now, and not what was once noted of them. */
async function describe(
  raw: ReadableBucket,
  prefix: string,
  { path, mediaType }: ToolFile,
): Promise<BundleFile> {
  const { body: stored } = await raw.open(`${prefix}${path}`);
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of stored as AsyncIterable<Buffer>) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { path, sha256: hash.digest('hex'), size, media_type: mediaType };
}

async function removeOthers(raw: Bucket, prefix: string, listed: ReadonlySet<string>): Promise<void> {
  const others: string[] = [];
  for await (const { key } of raw.list(prefix)) {
    const path = key.slice(prefix.length);
    if (!listed.has(path) && path !== BUNDLE.index && !path.startsWith(BUNDLE.statements)) others.push(key);
  }
  await pMap(others, (key) => raw.remove(key), { concurrency: 8 });
}
