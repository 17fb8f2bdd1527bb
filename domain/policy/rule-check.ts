import type { CelEnv } from '@bufbuild/cel';
import type { Expr } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js';
import { EXAMPLE } from './rule-facts.ts';
import { patternProblem } from './rule-pattern.ts';
import { children, depth, loopDepth } from './rule-tree.ts';

const MAX_DEPTH = 120;
const MAX_LOOPS = 3;

/** What is wrong with a rule by the look of it: a name that nothing has would never be true, and so deny nothing. */
export function ruleProblem(expr: Expr, env: CelEnv): string | undefined {
  if (depth(expr) > MAX_DEPTH) return 'it is nested too deeply';
  if (loopDepth(expr) > MAX_LOOPS) return `it has more than ${MAX_LOOPS} loops within each other`;
  const problems: string[] = [];
  look(expr, new Map(Object.entries(EXAMPLE)), env, (problem) => problems.push(problem));
  return problems[0];
}

/** What a name stands for, told by an example of it; undefined where only the evaluation can say. */
type Example = unknown;
type Names = ReadonlyMap<string, Example>;
type Say = (problem: string) => void;

/** Goes through a rule with what each name stands for at that place, and tells what the value of it is like. */
function look(expr: Expr, names: Names, env: CelEnv, say: Say): Example {
  const { exprKind } = expr;
  switch (exprKind.case) {
    case 'identExpr':
      if (!names.has(exprKind.value.name)) say(unknown('variable', exprKind.value.name, [...names.keys()]));
      return names.get(exprKind.value.name);
    case 'selectExpr': {
      const { operand, field } = exprKind.value;
      return operand && member(look(operand, names, env, say), field, say);
    }
    case 'comprehensionExpr': {
      const { iterRange, iterVar, accuVar, accuInit, loopCondition, loopStep } = exprKind.value;
      const range = iterRange && look(iterRange, names, env, say);
      const inner = new Map(names).set(iterVar, Array.isArray(range) ? range[0] : undefined);
      inner.set(accuVar, accuInit && look(accuInit, names, env, say));
      if (loopCondition) look(loopCondition, inner, env, say);
      return loopStep && look(loopStep, inner, env, say);
    }
    case 'callExpr':
      return called(expr, names, env, say);
    case 'structExpr':
      if (exprKind.value.messageName !== '') say(`there is no type ${exprKind.value.messageName}`);
      for (const child of children(expr)) look(child, names, env, say);
      return undefined;
    case 'listExpr':
      return exprKind.value.elements.map((element) => look(element, names, env, say));
    default:
      return undefined;
  }
}

function called(expr: Expr, names: Names, env: CelEnv, say: Say): Example {
  if (expr.exprKind.case !== 'callExpr') return undefined;
  const { function: name, args, target } = expr.exprKind.value;
  const given = [...(target ? [target] : []), ...args].map((argument) => look(argument, names, env, say));
  if (!BUILT_INTO_THE_LANGUAGE.has(name) && env.funcs.find(name) === undefined)
    say(unknown('function', name, []));
  if (name === 'matches') {
    const pattern = args.at(-1)?.exprKind;
    if (pattern?.case === 'constExpr' && pattern.value.constantKind.case === 'stringValue') {
      const problem = patternProblem(pattern.value.constantKind.value);
      if (problem !== undefined) say(problem);
    } else say('matches takes a pattern that is written out in the rule');
  }
  if (name === '_?_:_') return given[1] ?? given[2];
  if (name === '_+_') return Array.isArray(given[0]) && given[0].length > 0 ? given[0] : given[1];
  if (name === '_[_]') return Array.isArray(given[0]) ? given[0][0] : undefined;
  return undefined;
}

function member(of: Example, field: string, say: Say): Example {
  if (typeof of !== 'object' || of === null || Array.isArray(of)) return undefined;
  if (!Object.hasOwn(of, field)) say(unknown('field', field, Object.keys(of)));
  return Object.hasOwn(of, field) ? (of as Record<string, Example>)[field] : undefined;
}

const unknown = (what: string, name: string, known: readonly string[]): string => {
  const own = known.filter((candidate) => !candidate.startsWith('@'));
  return `there is no ${what} "${name}"${own.length === 0 ? '' : `; there are ${own.join(', ')}`}`;
};

const BUILT_INTO_THE_LANGUAGE = new Set(['_&&_', '_||_', '_?_:_', '_[_]', '@not_strictly_false']);
