import type { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import type { Json } from './connector.ts';

/** Where a listing goes on; `start` at its beginning. What another version of us wrote ends in an error, and is not guessed at. */
export function readCursor<T>(schema: z.ZodType<T>, cursor: Json, start: T): T {
  if (cursor === null) return start;
  const read = schema.safeParse(cursor);
  if (!read.success)
    throw new CertusError('source_changed', 'where the listing stood cannot be read any more');
  return read.data;
}

/** What the last ingestion ended with; undefined when there was none, or it cannot be read: then everything is listed. */
export const readCheckpoint = <T>(schema: z.ZodType<T>, checkpoint: Json): T | undefined =>
  schema.safeParse(checkpoint).data;
