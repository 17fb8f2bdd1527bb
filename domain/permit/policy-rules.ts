import type { Violation } from '../../contracts/denial.ts';
import type { PermitFacts } from '../../contracts/permission.ts';
import type { TrustPolicy } from '../../contracts/trust-policy.ts';
import { type HoldTo, predicateJudge } from './predicate-schema.ts';

/** What was found out, and what the statements say that a policy looks into, by their digest. */
export type Considered = {
  readonly facts: PermitFacts;
  readonly predicates: ReadonlyMap<string, unknown>;
};

/** Every rule of a policy that does not hold and that no exception sets aside, by name. */
export function brokenRules(policy: TrustPolicy, considered: Considered, at: Date): Violation[] {
  const { facts, predicates } = considered;
  const holdTo = predicateJudge(predicates);
  return [
    ...brokenBySigners(policy, facts),
    ...(facts.documents === undefined ? brokenByScan(policy, facts) : []),
    ...policy.required_statements.flatMap((required) => brokenByStatement(required, policy, facts, holdTo)),
  ].filter(({ rule }) => !isExcepted(rule, policy, facts.component, at));
}

function isExcepted(rule: string, { exceptions }: TrustPolicy, component: string | null, at: Date): boolean {
  return exceptions.some(
    (exception) =>
      exception.rule === rule &&
      (exception.component === undefined || exception.component === component) &&
      at.getTime() < Date.parse(exception.until),
  );
}

function brokenBySigners({ signers }: TrustPolicy, facts: PermitFacts): Violation[] {
  const evidence = facts.signers.find((signer) => signer.as === 'evidence');
  const environmentHolds = evidence !== undefined && signers.environments.includes(evidence.environment);
  const keyHolds = evidence !== undefined && (signers.keys?.includes(evidence.key_id) ?? true);
  const counting = facts.signers.filter(
    ({ as, key_id, environment }) =>
      as !== 'statement' &&
      signers.environments.includes(environment) &&
      (signers.keys?.includes(key_id) ?? true),
  );
  const different = new Set(counting.map(({ key_id }) => key_id)).size;
  return [
    ...(environmentHolds
      ? []
      : [
          {
            rule: 'signer_environment',
            message: `signed in ${evidence?.environment ?? 'no environment'}, which the policy does not take`,
          },
        ]),
    ...(keyHolds
      ? []
      : [
          { rule: 'signer_key', message: `the key ${evidence?.key_id ?? '(none)'} is not one that may sign` },
        ]),
    ...(different >= signers.at_least
      ? []
      : [
          {
            rule: 'signers_at_least',
            message: `${different} of ${signers.at_least} keys that must have signed`,
          },
        ]),
  ];
}

/** What only a scan can answer for: documents were not scanned, and what is in them Transform looks for. */
const brokenByScan = (policy: TrustPolicy, facts: PermitFacts): Violation[] => [
  ...brokenByGate(policy, facts),
  ...policy.required_kinds
    .filter((kind) => !facts.kinds.includes(kind))
    .map((kind) => ({ rule: `kind:${kind}`, message: `no tool for ${kind} has looked` })),
];

const LIMITED = ['critical', 'high', 'medium', 'low'] as const;

/** What the evidence does not tell has not held. */
function brokenByGate({ gate, thresholds }: TrustPolicy, facts: PermitFacts): Violation[] {
  const broken: Violation[] = [];
  if (gate === 'passed' && facts.gate !== 'passed')
    broken.push({ rule: 'gate', message: `the gate says ${facts.gate ?? 'nothing that can be read'}` });
  for (const severity of LIMITED) {
    const limit = thresholds[severity];
    const count = facts.counts?.[severity];
    if (limit === undefined || (count !== undefined && count <= limit)) continue;
    broken.push({
      rule: `threshold:${severity}`,
      message: `${count ?? 'an unknown number of'} findings are ${severity}, and ${limit} may be`,
    });
  }
  return broken;
}

function brokenByStatement(
  { predicate_type, signers, json_schema }: Required,
  policy: TrustPolicy,
  facts: PermitFacts,
  holdTo: HoldTo,
): Violation[] {
  const rule = `statement:${predicate_type}`;
  const ofType = facts.statements.filter((statement) => statement.predicate_type === predicate_type);
  const signed = ofType.filter((statement) =>
    signers === undefined ? isOfEnvironment(statement, policy, facts) : signers.includes(statement.key_id),
  );
  if (signed.length === 0) {
    const whose = ofType.length === 0 ? 'there is no' : 'nobody who was asked for has signed a';
    return [{ rule, message: `${whose} statement ${predicate_type}` }];
  }
  if (json_schema === undefined) return [];
  let first: string | undefined;
  for (const { digest } of signed) {
    const fault = holdTo(json_schema, digest);
    if (fault === null) return [];
    first ??= fault;
  }
  return [{ rule, message: `no statement ${predicate_type} is as the policy asks: ${first}` }];
}

type Required = TrustPolicy['required_statements'][number];

/**
 * Whoever may call the API gets a sandbox key at once: where it counts for nothing else, it must not fulfil what a policy
 * asks for either. What the evidence brings itself is judged by the rules about who signed the evidence.
 */
function isOfEnvironment(
  { key_id, from }: PermitFacts['statements'][number],
  { signers: { environments } }: TrustPolicy,
  { signers }: PermitFacts,
): boolean {
  if (from !== 'attached') return true;
  return signers.some((signer) => signer.key_id === key_id && environments.includes(signer.environment));
}
