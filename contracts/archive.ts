import { z } from 'zod';
import { Sha256 } from './identifiers.ts';

/** An archive that was uploaded; `archive_path` is what a scan of it asks for. */
export const UploadedArchive = z.object({
  archive_path: z.string(),
  archive_hash: Sha256,
  filename: z.string(),
  size: z.number().int(),
});
export type UploadedArchive = z.infer<typeof UploadedArchive>;
