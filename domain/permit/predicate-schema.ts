import { type Schema, Validator } from '@cfworker/json-schema';
import { oneLine } from '../text/one-line.ts';
import { partsOf, weightOf } from './schema-work.ts';

/** About a second: Trust decides for all tenants, and nobody is answered while it looks into what one of them brought. */
const MOST_WORK = 1_000_000;

/** Why the predicate of that digest does not fit a schema; null when it does. */
export type HoldTo = (schema: Readonly<Record<string, unknown>>, digest: string) => string | null;

/** Holds predicates to schemas until that is more work than anybody waits for: what was not looked at does not fit. */
export function predicateJudge(predicates: ReadonlyMap<string, unknown>): HoldTo {
  const weights = new Map<string, number>();
  let left = MOST_WORK;
  return (schema, digest) => {
    const predicate = predicates.get(digest);
    if (predicate === undefined) return 'what it says cannot be looked at';
    const weight = weights.get(digest) ?? weightOf(predicate);
    weights.set(digest, weight);
    const work = partsOf(schema) * weight;
    if (work > left) return 'to hold it to the schema takes too much work';
    left -= work;
    return schemaFault(schema, predicate);
  };
}

/** What cannot be applied to the end does not fit. */
function schemaFault(schema: Readonly<Record<string, unknown>>, predicate: unknown): string | null {
  try {
    const { valid, errors } = new Validator(schema as Schema, '2020-12', true).validate(predicate);
    return valid ? null : oneLine(`${errors[0]?.instanceLocation ?? '#'} ${errors[0]?.error ?? ''}`, 300);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return oneLine(`the schema cannot be applied: ${error.message}`, 300);
  }
}
