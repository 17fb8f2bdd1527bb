import { isTarHeader } from './tar-header.ts';

export type ArchiveFormat = 'tar' | 'gzip' | 'bzip2' | 'xz' | 'zstd' | 'zip';

/** How much of a file tells its format. */
export const HEAD_BYTES = 512;

/** By what it holds: a name is what somebody made up. `undefined` for what is none of them. */
export function archiveFormat(head: Uint8Array): ArchiveFormat | undefined {
  const found = MAGIC.find(([, magic]) => magic.every((byte, at) => head[at] === byte));
  if (found !== undefined) return found[0];
  return head.length >= HEAD_BYTES && isTarHeader(head.subarray(0, HEAD_BYTES)) ? 'tar' : undefined;
}

const MAGIC: readonly (readonly [ArchiveFormat, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b, 0x08]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  // one without entries
  ['zip', [0x50, 0x4b, 0x05, 0x06]],
];
