import { createRequire } from 'node:module';

/** A number that an authority gives to a person or a firm. */
export type Identifier = {
  readonly type: string;
  /** What it looks like where a word says that it is one: the source of a pattern, every repetition with an upper bound. */
  readonly shape: string;
  /** What it is called, in the languages of those who have one. */
  readonly labels: readonly string[];
  /** Its check digits, and what of it is a date. Given the value as it stands in the text. */
  readonly isValid?: (value: string) => boolean;
  /** Where it is told by itself: how it is then written, and how sure that is. */
  readonly alone?: readonly [shape: string, likelihood: number];
  /** How sure it is behind its name; more with check digits than without. */
  readonly labelled?: number;
};

/** What the library says. Each check is read when a text has the first number for it: there are many, and most are never met. */
export function checkedBy(name: string, separators = / /g): (value: string) => boolean {
  let check: Check | undefined;
  return (value) => {
    check ??= load(`stdnum/lib/cjs/${name}.js`) as Check;
    return check.validate(value.replace(separators, '').toUpperCase()).isValid;
  };
}

type Check = { validate(value: string): { readonly isValid: boolean } };
const load = createRequire(import.meta.url);

/** A row in which every digit has a weight, and the remainder says what the last one is. */
export function weighted(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, at) => sum + weight * Number(digits[at]), 0);
}

export const onlyDigits = (value: string): string => value.replace(/\D/g, '');
