import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import { Sha256 } from '../../contracts/identifiers.ts';
import type { BucketOptions, PutOptions } from './store.ts';

/**
 * Refuses what one of the stores would change or drop on the way: S3 sends metadata and tags as HTTP headers, and cuts off
 * the parts of a second. A time that has passed asks for nothing: what is done again long after its time still gets done.
 */
export const checkedOptions = (options: PutOptions, { lock }: BucketOptions): PutOptions => {
  const parsed = Options.safeParse(options);
  if (!parsed.success) {
    const fields = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
    const faults = fields.map(({ path, message }) => `${path}: ${message}`).join('; ');
    throw new CertusError('invalid_request', `Cannot store an object like this: ${faults}`, { fields });
  }
  const { retainUntil, ...others } = options;
  if (retainUntil === undefined) return options;
  if (lock === undefined) {
    const message = 'Cannot keep an object from being changed in a bucket that was not opened with a lock';
    throw new CertusError('invalid_request', message);
  }
  const wholeSeconds = new Date(Math.ceil(retainUntil.getTime() / 1000) * 1000);
  return wholeSeconds.getTime() > Date.now() ? { ...others, retainUntil: wholeSeconds } : others;
};

const printable = (max: number) =>
  z
    .string()
    .max(max)
    .regex(
      /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/,
      'printable ASCII that neither starts nor ends with a space',
    );

const Name = z
  .string()
  .regex(/^(?!certus-)[a-z0-9][a-z0-9-]{0,63}$/, 'lower-case letters, digits and "-"; "certus-" is taken');

/** What S3 takes in a tag, of ASCII. */
const TagValue = z
  .string()
  .max(256)
  .regex(/^[\w.:/=+@-](?:[\w.:/=+@ -]*[\w.:/=+@-])?$/, 'letters, digits, "_.:/=+-@" and spaces between them');

/** S3 takes 2 KB of names and values; some servers count this with each name, and what we add ourselves is 126 bytes. */
const PREFIX = 'x-amz-meta-'.length;
const MAX_METADATA = 1900;
const bytesOf = (metadata: Readonly<Record<string, string>>): number =>
  Object.entries(metadata).reduce((sum, [name, value]) => sum + PREFIX + name.length + value.length, 0);

const Options = z.strictObject({
  contentType: printable(255),
  metadata: z
    .record(Name, printable(1024))
    .refine(
      (metadata) => bytesOf(metadata) <= MAX_METADATA,
      `at most ${MAX_METADATA} bytes of metadata, with ${PREFIX} for each name`,
    )
    .optional(),
  sha256: Sha256.optional(),
  ifAbsent: z.boolean().optional(),
  size: z.number().int().min(0).optional(),
  inOne: z.boolean().optional(),
  tags: z
    .record(Name, TagValue)
    .refine((tags) => Object.keys(tags).length <= 10, 'at most ten tags')
    .optional(),
  retainUntil: z.date().max(new Date('9999-12-31T00:00:00Z')).optional(),
});
