import { resolve } from 'node:path';
import { EntityType, PrivacyPolicy } from '../../contracts/privacy.ts';
import { type SanitizeFormat, SanitizeOperator } from '../../contracts/sanitize.ts';
import { knownKinds } from '../../domain/sanitize/operators/known-kinds.ts';
import type { SanitizerOptions } from '../../domain/sanitize/operators/sanitize.ts';
import { SANITIZING_POLICY } from '../../domain/sanitize/sanitizing-policy.ts';
import { requireUsablePrivacyPolicy } from '../../domain/sanitize/usable-privacy-policy.ts';
import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { parseJson } from '../parse-json.ts';
import { readBounded } from '../read-bounded.ts';

export type SanitizeOptions = {
  readonly operator: SanitizeOperator;
  readonly operatorFor: readonly string[];
  readonly kinds?: string;
  readonly allow?: string;
  readonly rules?: string;
  readonly minConfidence?: number;
  readonly format: SanitizeFormat;
  readonly report?: string;
  readonly check?: boolean;
  readonly detect?: boolean;
  readonly jsonl?: boolean;
  readonly key?: string;
  readonly tenant: string;
  readonly restore?: boolean;
  readonly newKey?: string;
};

/** What is looked for, and what comes into its place, as the options say it. */
export async function sanitizeAsked(
  { workingDirectory }: Context,
  { operator, operatorFor, kinds, allow, rules, minConfidence, key, detect }: SanitizeOptions,
): Promise<SanitizerOptions> {
  const read = async (file: string) =>
    (await readBounded(resolve(workingDirectory, file), MAX_BYTES)).toString('utf8');
  const given = rules === undefined ? SANITIZING_POLICY : policyIn(rules, await read(rules));
  const known = knownKinds(given.custom);
  const operators = Object.fromEntries(operatorFor.map((text) => operatorFrom(text, known)));
  if (!key && !detect && [operator, ...Object.values(operators)].some((one) => KEYED.has(one)))
    throw usage('to pseudonymise or to hash takes a --key; --new-key makes one');
  const { documents } = given;
  const policy: PrivacyPolicy = {
    ...given,
    allow: [...given.allow, ...(allow === undefined ? [] : allowedIn(await read(allow)))],
    documents: {
      ...documents,
      min_confidence: minConfidence ?? documents.min_confidence,
      ...(kinds === undefined ? {} : only(kinds, known, documents)),
    },
  };
  // who only asks what there is needs no key
  return detect ? { policy } : { policy, operator, operators };
}

const MAX_BYTES = 10 * 1024 * 1024;
const KEYED: ReadonlySet<string> = new Set(['pseudonymise', 'hash']);

function policyIn(file: string, text: string): PrivacyPolicy {
  const parsed = PrivacyPolicy.safeParse(parseJson(text));
  if (!parsed.success) {
    const [first] = parsed.error.issues;
    const where = first === undefined || first.path.length === 0 ? file : first.path.join('.');
    throw new CommandError(
      'privacy_policy_invalid',
      EXIT.badData,
      `${where}: ${first?.message ?? 'is no privacy policy'}`,
    );
  }
  requireUsablePrivacyPolicy(parsed.data);
  return parsed.data;
}

/** A kind that is misspelt would let through what it was meant for. */
function kindOf(text: string, known: ReadonlySet<string>): string {
  const kind = EntityType.safeParse(text.trim()).data;
  if (kind !== undefined && known.has(kind)) return kind;
  throw usage(`there is no such kind; known are ${[...known].sort().join(', ')}`);
}

function operatorFrom(text: string, known: ReadonlySet<string>): [string, SanitizeOperator] {
  const [kind = '', name = ''] = text.split('=', 2);
  const operator = SanitizeOperator.safeParse(name).data;
  if (operator === undefined)
    throw usage(`--operator-for takes KIND=OPERATOR; operators are ${SanitizeOperator.options.join(', ')}`);
  return [kindOf(kind, known), operator];
}

function only(
  kinds: string,
  known: ReadonlySet<string>,
  { action, actions }: PrivacyPolicy['documents'],
): Pick<PrivacyPolicy['documents'], 'action' | 'actions'> {
  const wanted = kinds.split(',').map((kind) => kindOf(kind, known));
  const asked = wanted.map((kind) => [kind, actions[kind] ?? (action === 'ignore' ? 'mask' : action)]);
  return { action: 'ignore', actions: Object.fromEntries(asked) };
}

function allowedIn(text: string): PrivacyPolicy['allow'] {
  return text.split(/\r?\n/).flatMap((line) => {
    if (line.trim() === '') return [];
    const [, type, value] = /^([A-Z][A-Z0-9_]{1,62})\t(.+)$/.exec(line) ?? [];
    return [type === undefined || value === undefined ? { value: line } : { type, value }];
  });
}

const usage = (message: string): CommandError => new CommandError('usage', EXIT.usage, message);
