import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import { Sha256 } from '../../contracts/identifiers.ts';
import type { PutOptions } from './store.ts';

/** Refuses what one of the stores would change or drop on the way: S3 sends metadata as HTTP headers. */
export const checkPutOptions = (options: PutOptions): void => {
  const parsed = Options.safeParse(options);
  if (parsed.success) return;
  const fields = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  const faults = fields.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new CertusError('invalid_request', `Cannot store an object like this: ${faults}`, { fields });
};

const headerValue = (max: number) =>
  z
    .string()
    .max(max)
    .regex(
      /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/,
      'printable ASCII that neither starts nor ends with a space',
    );

const Options = z.strictObject({
  contentType: headerValue(255),
  metadata: z
    .record(
      z
        .string()
        .regex(
          /^(?!certus-)[a-z0-9][a-z0-9-]{0,63}$/,
          'lower-case letters, digits and "-"; "certus-" is taken',
        ),
      headerValue(1024),
    )
    .refine((metadata) => JSON.stringify(metadata).length <= 1500, 'at most 1500 bytes of metadata')
    .optional(),
  sha256: Sha256.optional(),
  ifAbsent: z.boolean().optional(),
});
