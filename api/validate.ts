import type { z } from 'zod';
import type { FieldError } from '../contracts/errors.ts';
import { invalid } from './problems.ts';

/** Parses the named parts of a request together, so that an answer names every fault at once. */
export function validate(parts: Readonly<Record<string, { schema: z.ZodType | undefined; value: unknown }>>) {
  const values: Record<string, unknown> = {};
  const fields: FieldError[] = [];
  for (const [part, { schema, value }] of Object.entries(parts)) {
    if (!schema) continue;
    const parsed = schema.safeParse(value, { reportInput: false });
    if (!parsed.success) fields.push(...parsed.error.issues.flatMap(fieldErrors));
    else if (holdsUnstorable(parsed.data))
      fields.push({ path: part, message: 'must be text without NUL characters' });
    else values[part] = parsed.data;
  }
  if (fields.length > 0) throw invalid(fields.slice(0, 100));
  return values;
}

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  const path = issue.path.map(String).join('.');
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
  return issue.keys.map((key) => ({
    path: (path ? `${path}.${key}` : key).slice(0, 256),
    message: 'there is no such field',
  }));
}

/** PostgreSQL stores neither NUL nor half a surrogate pair: let through, they would come back as a server error. */
function holdsUnstorable(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\u0000') || !value.isWellFormed();
  if (value === null || typeof value !== 'object') return false;
  return Object.entries(value).some(([key, item]) => holdsUnstorable(key) || holdsUnstorable(item));
}
