import { type Schema, Validator } from '@cfworker/json-schema';
import { oneLine } from '../text/one-line.ts';

/** Why a predicate does not fit; null when it does. What cannot be applied to the end does not fit. */
export function schemaFault(schema: Readonly<Record<string, unknown>>, predicate: unknown): string | null {
  if (predicate === undefined) return 'what it says cannot be looked at';
  try {
    const { valid, errors } = new Validator(schema as Schema, '2020-12', true).validate(predicate);
    return valid ? null : oneLine(`${errors[0]?.instanceLocation ?? '#'} ${errors[0]?.error ?? ''}`, 300);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return oneLine(`the schema cannot be applied: ${error.message}`, 300);
  }
}
