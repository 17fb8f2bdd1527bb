import { type CelInput, isCelError, parse, plan } from '@bufbuild/cel';
import type { RuleResult } from '../../contracts/bundle.ts';
import type { GateRule } from '../../contracts/manifest.ts';
import { oneLine } from '../text/one-line.ts';
import { RuleBudget } from './rule-budget.ts';
import { ruleProblem } from './rule-check.ts';
import { ruleEnvironment } from './rule-environment.ts';
import { EXAMPLE, type RuleFacts } from './rule-facts.ts';
import { meter } from './rule-meter.ts';

/** Over one finding every sober rule is cheap; whoever checks a manifest has others waiting. */
const CHECK_STEPS = 50_000;

/** What is wrong with a rule's expression, for whoever writes the manifest; undefined when it can be evaluated. */
export function checkRule(expression: string): string | undefined {
  const answer = evaluator(new RuleBudget(CHECK_STEPS))(expression, EXAMPLE);
  if (answer.kind === 'malformed') return answer.problem;
  // other scans have other values, and no element of a list may be there; but types stay what they are
  if (
    answer.kind === 'failed' &&
    /overload|type mismatch|neither true nor false|more work/.test(answer.problem)
  )
    return answer.problem;
  return undefined;
}

/** Holds every rule against the scan. One that cannot be evaluated has not passed: nobody knows what it would have said. */
export function evaluateRules(
  rules: readonly GateRule[],
  facts: RuleFacts,
  budget = new RuleBudget(),
): RuleResult[] {
  const evaluate = evaluator(budget);
  return rules.map(({ name, deny, message }) => {
    const answer = evaluate(deny, facts);
    if (answer.kind === 'answered')
      return {
        name,
        passed: !answer.denied,
        message: answer.denied ? (message ?? `denied by ${oneLine(deny, 200)}`) : null,
      };
    return { name, passed: false, message: `cannot be evaluated: ${answer.problem}` };
  });
}

type Answer =
  | { readonly kind: 'answered'; readonly denied: boolean }
  | { readonly kind: 'malformed' | 'failed'; readonly problem: string };

function evaluator(budget: RuleBudget): (expression: string, facts: RuleFacts) => Answer {
  const env = ruleEnvironment(budget);
  return (expression, facts) => {
    const parsed = parseRule(expression);
    if ('problem' in parsed) return { kind: 'malformed', problem: parsed.problem };
    const problem = ruleProblem(parsed.expr, env);
    if (problem !== undefined) return { kind: 'malformed', problem: oneLine(problem, 500) };
    meter(parsed.expr);
    const value = withoutStacks(() => plan(env, parsed.expr)(bindings(facts)));
    // before anything else: `used up || true` is true, and was not evaluated
    if (budget.exhausted) return failed('the rules of this profile take more work than they may');
    if (isCelError(value) && facts.components === null && value.message === 'unresolved attribute')
      return failed('this scan made no bill of materials, and has no components');
    if (isCelError(value)) return failed(value.message);
    if (typeof value !== 'boolean') return failed('it is neither true nor false');
    return { kind: 'answered', denied: value };
  };
}

/** An error in the language is a value, of which a loop may make millions: each would describe the stack it came about on. */
function withoutStacks<T>(evaluate: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return evaluate();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** What is null is left out, so that asking for it is an error and not a comparison that happens to be false. */
const bindings = (facts: RuleFacts): Record<string, CelInput> =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== null)) as Record<string, CelInput>;

const failed = (problem: string): Answer => ({ kind: 'failed', problem: oneLine(problem, 500) });

/** The parser is recursive and says so by the stack's end when a rule is nothing but brackets. */
function parseRule(expression: string): ReturnType<typeof parse> | { problem: string } {
  try {
    return parse(expression);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const problem =
      error instanceof RangeError ? 'it is nested too deeply' : `it is not CEL: ${error.message}`;
    return { problem: oneLine(problem, 500) };
  }
}
