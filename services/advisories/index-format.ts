import { hash } from 'node:crypto';
import { z } from 'zod';

/**
 * The index of one ecosystem is one file: these bytes, the length of the head, the head as JSON, the offsets of the
 * buckets, the buckets. A package's name says its bucket, so a scan reads a few kilobytes for each package and never the
 * whole. In a bucket each line is a package's key in JSON, a tab, an advisory in JSON.
 */
export const MAGIC = Buffer.from('CERTUSOSV1\n\0', 'latin1');
export const BUCKETS = 16_384;
export const TABLE_BYTES = (BUCKETS + 1) * 8;
export const MAX_HEAD_BYTES = 64 * 1024;

export const IndexHead = z.object({
  ecosystem: z.string(),
  /** The newest change of any advisory in it; null when it holds none. */
  modified: z.string().nullable(),
  advisories: z.number().int(),
  withdrawn: z.number().int(),
  /** Records that are none of OSV's, or larger than any should be. */
  unreadable: z.number().int(),
  /** The export it was made from, to tell when there is another. */
  source: z.object({ size: z.number(), modified: z.string() }),
});
export type IndexHead = z.infer<typeof IndexHead>;

export const bucketOf = (key: string): number =>
  Number.parseInt(hash('sha256', key).slice(0, 8), 16) % BUCKETS;
