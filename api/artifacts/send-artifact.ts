import { pipeline, type Readable } from 'node:stream';
import type { BundleFile } from '../../contracts/bundle.ts';
import { CertusError } from '../../contracts/errors.ts';
import type { ReadableBucket } from '../../services/objects/store.ts';
import type { Answer } from '../route.ts';
import { byteRange } from './byte-range.ts';
import { holdBack } from './hold-back.ts';

export type Asked = {
  readonly range?: string | undefined;
  readonly 'if-range'?: string | undefined;
  readonly 'if-none-match'?: string | undefined;
};

/** Reports quote hostile code, and one of them is a page: nothing in it may run, load or speak for us. */
const HARMLESS =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'";

/** One file, or the part of it that is asked for. It is named by its digest, so whoever has it need not get it again. */
export function sendArtifact(bucket: ReadableBucket, key: string, file: BundleFile, asked: Asked): Answer {
  const etag = `"${file.sha256}"`;
  const headers = {
    ETag: etag,
    'Accept-Ranges': 'bytes',
    'Cache-Control': 'private, no-cache',
    'Content-Disposition': disposition(file),
    'Content-Security-Policy': HARMLESS,
  };
  if (isNamed(etag, asked['if-none-match'])) return { status: 304, headers };
  const changed = asked['if-range'] !== undefined && asked['if-range'] !== etag;
  const range = byteRange(changed ? undefined : asked.range, file.size);
  if (range === 'unsatisfiable') {
    const problem = new CertusError('range_not_satisfiable', `the file has ${file.size} bytes`);
    return { status: 416, headers: { 'Content-Range': `bytes */${file.size}` }, problem };
  }
  const contentType = file.media_type;
  if (range === 'whole') {
    const stream = async () => whole(await same(bucket.open(key), file));
    return { status: 200, headers: { ...headers, 'Content-Length': String(file.size) }, contentType, stream };
  }
  const { start, end } = range;
  return {
    status: 206,
    headers: {
      ...headers,
      'Content-Length': String(end - start + 1),
      'Content-Range': `bytes ${start}-${end}/${file.size}`,
    },
    contentType,
    stream: async () => same(bucket.openRange(key, range), file),
  };
}

/** Always to be saved: paths in a bundle are plain ASCII and hold nothing that a header or a file system could trip over. */
export const disposition = ({ path }: BundleFile): string =>
  `attachment; filename="${path.slice(path.lastIndexOf('/') + 1)}"`;

function isNamed(etag: string, ifNoneMatch: string | undefined): boolean {
  const named = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return named.includes(etag) || named.includes('*');
}

/** The index says which bytes belong to the run; the store must still have them. */
async function same(
  opening: ReturnType<ReadableBucket['open']>,
  { path, sha256, size }: BundleFile,
): Promise<Readable> {
  const { info, body } = await opening;
  if (info.sha256 === sha256 && info.size === size) return body;
  body.destroy();
  throw new CertusError('digest_mismatch', `${path} is not what the run has recorded`);
}

function whole(body: Readable): Readable {
  // Whoever reads it meets the error that ends it.
  return pipeline(body, holdBack(), () => undefined);
}
