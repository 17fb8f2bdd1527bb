import { CertusError } from '../../../contracts/errors.ts';
import type { SanitizeOperator } from '../../../contracts/sanitize.ts';
import { maskOf } from '../structure/region.ts';
import { hashName } from './hash-name.ts';
import { pseudonymOf } from './pseudonym.ts';
import type { SanitizeKey } from './sanitize-key.ts';

/** What comes into the place of a value. */
export type PutIn = (type: string, value: string) => string;

export type Operators = {
  /** For every kind without one of its own. */
  readonly operator?: SanitizeOperator | undefined;
  readonly operators?: Readonly<Record<string, SanitizeOperator>> | undefined;
  readonly key?: SanitizeKey | undefined;
};

export const operatorOf = (
  { operator = 'mask', operators = {} }: Operators,
  type: string,
): SanitizeOperator => (Object.hasOwn(operators, type) ? operators[type] : undefined) ?? operator;

export function putIn(asked: Operators): PutIn {
  const { operator = 'mask', operators = {}, key } = asked;
  if (key === undefined && [operator, ...Object.values(operators)].some((one) => KEYED.has(one)))
    throw new CertusError('no_sanitize_key', 'to pseudonymise or to hash takes a key, and there is none');
  return (type, value) => PUT[operatorOf(asked, type)](type, value, key as SanitizeKey);
}

const KEYED: ReadonlySet<SanitizeOperator> = new Set(['pseudonymise', 'hash']);

const PUT: Readonly<Record<SanitizeOperator, (type: string, value: string, key: SanitizeKey) => string>> = {
  keep: (_, value) => value,
  // what no pseudonym can carry is not left to be read
  pseudonymise: (type, value, key) => pseudonymOf(type, value, key) ?? maskOf(type),
  hash: (type, value, key) => hashName(type, value, key.hashes),
  mask: (type) => maskOf(type),
  mask_characters: (_, value) => value.replace(/\S/gu, '*'),
  redact: () => '',
};
