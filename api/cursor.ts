import type { z } from 'zod';
import { invalid } from './problems.ts';

/** A place in a list that clients hand back unread. */
export function encodeCursor(place: unknown): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** What a client hands back may be anything: it is parsed like every other input. */
export function decodeCursor<T extends z.ZodType>(cursor: string, schema: T): z.output<T> {
  const parsed = schema.safeParse(jsonOf(cursor));
  if (!parsed.success)
    throw invalid([{ path: 'cursor', message: 'use next_cursor of an answer as it was given' }]);
  return parsed.data;
}

function jsonOf(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
