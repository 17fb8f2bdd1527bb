import type { z } from 'zod';
import { unsupportedTool } from '../../contracts/tools.ts';
import type { Fault } from './fault.ts';
import { knownKeys } from './known-keys.ts';
import { nearest } from './nearest.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly (string | number)[];

/** What a schema says of a manifest, in words that help whoever wrote it. */
export function explainIssues(issues: readonly Issue[], manifest: unknown, above: Path = []): Fault[] {
  return issues.flatMap((issue): Fault[] => {
    const path = [...above, ...(issue.path as Path)];
    const value = valueAt(manifest, path);
    const fault = (message: string, kind: Fault['kind'] = 'other'): Fault[] => [
      { path, message, of: 'value', kind },
    ];
    switch (issue.code) {
      case 'unrecognized_keys':
        return issue.keys.map((key) => unknownKey(path, key));
      case 'invalid_union':
        return explainChoice(issue, manifest, path, value);
      case 'invalid_key':
        return [{ path, message: issue.issues[0]?.message ?? issue.message, of: 'key', kind: 'other' }];
      case 'invalid_type':
        return fault(typeMessage(issue.expected, value));
      case 'invalid_value':
        if (value === undefined) return fault('is missing');
        if (isToolName(path)) return fault(unsupportedTool(String(value)), 'tool');
        return fault(`must be one of ${issue.values.map(String).join(', ')}`);
      case 'too_small':
      case 'too_big':
        return fault(sizeMessage(issue));
      default:
        return fault(issue.message);
    }
  });
}

/** A tool is a name or an object: only the faults of the form that was chosen are of any use. */
function explainChoice(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  manifest: unknown,
  path: Path,
  value: unknown,
): Fault[] {
  if (typeof value === 'string')
    return [{ path, message: unsupportedTool(value), of: 'value', kind: 'tool' }];
  const asObject = issue.errors.at(-1);
  if (typeof value !== 'object' || value === null || asObject === undefined)
    return [{ path, message: issue.message, of: 'value', kind: 'other' }];
  return explainIssues(asObject, manifest, path);
}

const isToolName = (path: Path): boolean => path.at(-3) === 'tools' && path.at(-1) === 'id';

function unknownKey(path: Path, key: string): Fault {
  const fault = (message: string): Fault => ({ path: [...path, key], message, of: 'key', kind: 'other' });
  const sentence = OF_OTHERS.get(key);
  if (sentence !== undefined) return fault(sentence);
  const keys = knownKeys(path);
  const meant = key === 'name' && keys.includes('id') ? 'id' : nearest(key, keys);
  const shown = JSON.stringify(key.slice(0, 64));
  if (meant !== undefined) return fault(`there is no key ${shown}; did you mean "${meant}"?`);
  return fault(`there is no key ${shown}; there are ${keys.join(', ')}`);
}

/** Keys that people bring along from elsewhere. */
const OF_OTHERS: ReadonlyMap<string, string> = new Map([
  [
    'presets',
    'there are no presets: ask for a built-in profile by its name, or write out its tools under "profiles"',
  ],
  ['<<', 'keys cannot be merged in: write them out'],
]);

function typeMessage(expected: string, value: unknown): string {
  const needed = A[expected] ?? expected;
  if (value === undefined) return `is missing: ${needed} is needed`;
  // YAML makes a number of 1.10, and of an empty value nothing
  if (expected === 'string' && typeof value !== 'object') return `must be ${needed}: put it in quotes`;
  return `must be ${needed}`;
}

const A: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object with keys',
  record: 'an object with keys',
};

function sizeMessage(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): string {
  // whoever wrote a sentence for this case knows better than we
  if (!/^(Too|Invalid)/.test(issue.message)) return issue.message;
  const [least, most] = issue.code === 'too_small' ? [issue.minimum, undefined] : [undefined, issue.maximum];
  const bound = least === undefined ? `at most ${most}` : `at least ${least}`;
  const unit = { string: ' characters', array: ' entries' }[issue.origin as string];
  return unit === undefined ? `must be ${bound}` : `must have ${bound}${unit}`;
}

function valueAt(manifest: unknown, path: Path): unknown {
  let here = manifest;
  for (const step of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) return undefined;
    here = (here as Record<string | number, unknown>)[step];
  }
  return here;
}
