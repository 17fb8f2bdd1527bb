import { Validator } from '@cfworker/json-schema';
import { CertusError, type FieldError } from '../../contracts/errors.ts';
import { TOOL_CATEGORIES } from '../../contracts/tools.ts';
import type { TrustPolicy } from '../../contracts/trust-policy.ts';
import { partsOf } from './schema-work.ts';

/**
 * Refuses a policy that could never be met, or whose schemas would take longer than anybody waits: what they are applied to
 * comes from whoever may attach a statement.
 */
export function requireUsablePolicy(policy: TrustPolicy): void {
  const faults = [
    ...policy.required_kinds.flatMap((kind, at) =>
      (TOOL_CATEGORIES as readonly string[]).includes(kind)
        ? []
        : [
            {
              path: `required_kinds.${at}`,
              message: `is not one of ${TOOL_CATEGORIES.join(', ')}`,
            },
          ],
    ),
    ...policy.required_statements.flatMap(({ json_schema }, at) =>
      json_schema === undefined ? [] : schemaFaults(json_schema, `required_statements.${at}.json_schema`),
    ),
    ...signerFaults(policy),
  ];
  if (faults.length === 0) return;
  const [first] = faults;
  throw new CertusError('policy_invalid', `${first?.path}: ${first?.message}`, {
    fields: faults.slice(0, 50),
  });
}

function signerFaults({ signers }: TrustPolicy): FieldError[] {
  const { keys, at_least } = signers;
  return keys !== undefined && new Set(keys).size < at_least
    ? [{ path: 'signers.at_least', message: 'asks for more keys than may sign' }]
    : [];
}

const MAX_SCHEMA = 64 * 1024;
const MAX_DEPTH = 32;
/** Applied to nothing at all this takes a few milliseconds, and a policy may have fifty such. */
const MAX_PARTS = 20_000;

function schemaFaults(schema: Readonly<Record<string, unknown>>, path: string): FieldError[] {
  if (JSON.stringify(schema).length > MAX_SCHEMA)
    return [{ path, message: `is longer than ${MAX_SCHEMA} characters` }];
  const faults = walk(schema, path, { depth: 0, inDefinitions: false });
  if (faults.length > 0) return faults;
  if (partsOf(schema) > MAX_PARTS)
    return [{ path, message: `has more than ${MAX_PARTS} parts, each definition counted where it is named` }];
  try {
    new Validator(schema, '2020-12').validate({});
    return [];
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return [{ path, message: `is no JSON Schema that can be applied: ${error.message.slice(0, 200)}` }];
  }
}

type Place = { readonly depth: number; readonly inDefinitions: boolean };

/** Words by which a small schema can make endless work of a small document. */
const ENDLESS: ReadonlySet<string> = new Set([
  'uniqueItems',
  'patternProperties',
  'propertyNames',
  '$dynamicRef',
  '$recursiveRef',
  '$id',
  '$anchor',
  '$dynamicAnchor',
  'format',
]);
/** Below these every key is a name that the author chose. */
const NAMES: ReadonlySet<string> = new Set(['properties', '$defs', 'dependentSchemas', 'dependentRequired']);
/** Below these stands data. */
const DATA: ReadonlySet<string> = new Set(['const', 'enum', 'default', 'examples']);

function walk(schema: unknown, path: string, { depth, inDefinitions }: Place): FieldError[] {
  if (depth > MAX_DEPTH) return [{ path, message: 'is nested too deeply' }];
  if (Array.isArray(schema))
    return schema.flatMap((item, at) => walk(item, `${path}.${at}`, { depth: depth + 1, inDefinitions }));
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([word, value]) => {
    const at = `${path}.${word}`;
    if (DATA.has(word)) return [];
    if (ENDLESS.has(word)) return [{ path: at, message: 'is not understood in policies' }];
    if (word === 'pattern') return isQuick(value) ? [] : [{ path: at, message: QUICK }];
    if (word === '$ref') return refFaults(value, at, inDefinitions);
    const below = { depth: depth + 1, inDefinitions: inDefinitions || word === '$defs' };
    if (!NAMES.has(word)) return walk(value, at, below);
    if (typeof value !== 'object' || value === null) return [{ path: at, message: 'is not an object' }];
    return Object.entries(value).flatMap(([name, item]) => walk(item, `${at}.${name}`, below));
  });
}

/** Definitions that name each other could go in a circle, or double with each step. */
function refFaults(ref: unknown, path: string, inDefinitions: boolean): FieldError[] {
  if (inDefinitions) return [{ path, message: 'a definition may not refer to another' }];
  return typeof ref === 'string' && /^#\/\$defs\/[\w-]{1,100}$/.test(ref)
    ? []
    : [{ path, message: 'refers to something else than #/$defs/…' }];
}

const QUICK =
  'takes too long on some texts: begin it with ^, repeat single characters or sets only, and leave at most one repeat open';

/** The engine goes back and tries again: only what leaves it one thing to try is safe on foreign text. */
function isQuick(pattern: unknown): boolean {
  if (typeof pattern !== 'string' || pattern.length > 500) return false;
  try {
    new RegExp(pattern, 'u');
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
  const bare = pattern.replaceAll(/\\[^\d]/g, 'x').replaceAll(/\[[^\]]*\]/g, 'x');
  if (/\\\d|\(\?[=!<]|\)[*+?{]/.test(bare)) return false;
  const repeats = bare.match(/[*+]|\{\d+,?\d*\}/g)?.length ?? 0;
  return repeats === 0 || (repeats === 1 && bare.startsWith('^') && !bare.includes('|'));
}
