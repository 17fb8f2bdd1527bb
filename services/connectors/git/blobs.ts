import { CertusError } from '../../../contracts/errors.ts';
import { runGit } from '../../git/run-git.ts';

/** How large each of the blobs is; those that are not there are not told. */
export async function blobSizes(
  folder: string,
  blobs: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  if (blobs.length === 0) return new Map();
  const answer = await runGit(['cat-file', '--batch-check', '--buffer'], {
    cwd: folder,
    input: blobs.map((blob) => `${blob}\n`).join(''),
    signal,
  });
  const sizes = new Map<string, number>();
  for (const line of answer.toString('latin1').split('\n')) {
    const [blob = '', type, size] = line.split(' ');
    if (type === 'blob') sizes.set(blob, Number(size));
  }
  return sizes;
}

/** What the blobs hold, all at once; those that are not there are not told. */
export async function readBlobs(
  folder: string,
  blobs: readonly string[],
  { maxBytes, signal }: { readonly maxBytes: number; readonly signal: AbortSignal },
): Promise<Map<string, Uint8Array>> {
  const answer = await runGit(['cat-file', '--batch', '--buffer'], {
    cwd: folder,
    input: blobs.map((blob) => `${blob}\n`).join(''),
    signal,
    maxOutput: maxBytes + blobs.length * LONGEST_HEAD,
  }).catch((error: unknown) => {
    if (error instanceof CertusError && error.code === 'source_too_large')
      throw new CertusError('item_too_large', `it is larger than ${maxBytes} bytes`);
    throw error;
  });
  const found = new Map<string, Uint8Array>();
  for (let at = 0; at < answer.length; ) {
    const end = answer.indexOf(10, at);
    if (end === -1) break;
    const [blob = '', type = '', size = ''] = answer.toString('latin1', at, end).split(' ');
    at = end + 1;
    if (type === 'missing') continue;
    const length = Number(size);
    // of its own: a part would keep all the others in memory
    if (type === 'blob') found.set(blob, Uint8Array.prototype.slice.call(answer, at, at + length));
    at += length + 1;
  }
  return found;
}

/** Digest, type, size and line ends. */
const LONGEST_HEAD = 128;
