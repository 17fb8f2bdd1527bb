import type { Expr } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js';
import { children, nodes } from './rule-tree.ts';

/** Functions of the meter. No rule can name them: "@" is no letter of the language. */
export const METER = {
  /** (range, weight): a loop is paid for before it begins, at what each of its turns will cost. */
  range: '@range',
  /** (text): the functions of texts take as long as these are. */
  text: '@text',
  /** (value): so do comparisons, of everything that is in a list. */
  whole: '@whole',
  /** (so far, [next]): what `map` and `filter` collect. The library would chain lists, one for each element. */
  append: '@append',
} as const;

const FREE = new Set(['_&&_', '_||_', '_?_:_', '!_', '@not_strictly_false', '_[_]', '-_']);
const WHOLE = new Set(['_==_', '_!=_', '@in']);
/** What the runtime spends on a turn of a loop whatever is in it. */
const TURN = 10;

/** Builds into a parsed rule what makes it pay for its work. */
export function meter(expr: Expr): void {
  for (const child of children(expr)) meter(child);
  const { exprKind } = expr;
  if (exprKind.case === 'comprehensionExpr') {
    const loop = exprKind.value;
    const weight = TURN + weigh(loop.loopStep) + weigh(loop.loopCondition);
    if (loop.iterRange !== undefined) loop.iterRange = call(METER.range, [loop.iterRange, int(weight)]);
  } else if (exprKind.case === 'callExpr' && !FREE.has(exprKind.value.function)) {
    const { value } = exprKind;
    if (isCollecting(expr)) value.function = METER.append;
    else {
      const toll = WHOLE.has(value.function) ? METER.whole : METER.text;
      value.args = value.args.map((argument) => paid(toll, argument));
      if (value.target !== undefined) value.target = paid(toll, value.target);
    }
  }
}

const weigh = (expr: Expr | undefined): number => (expr === undefined ? 0 : nodes(expr));

/** As the macros write it. A rule cannot: the name of what was collected begins with "@", too. */
function isCollecting({ exprKind }: Expr): boolean {
  if (exprKind.case !== 'callExpr' || exprKind.value.function !== '_+_') return false;
  const [collected, next] = exprKind.value.args;
  return (
    collected?.exprKind.case === 'identExpr' &&
    collected.exprKind.value.name.startsWith('@') &&
    next?.exprKind.case === 'listExpr'
  );
}

/** A constant is as long as the rule that it stands in. */
const paid = (toll: string, argument: Expr): Expr =>
  argument.exprKind.case === 'constExpr' ? argument : call(toll, [argument]);

const call = (name: string, args: Expr[]): Expr => ({
  $typeName: 'cel.expr.Expr',
  id: args[0]?.id ?? 0n,
  exprKind: { case: 'callExpr', value: { $typeName: 'cel.expr.Expr.Call', function: name, args } },
});

const int = (value: number): Expr => ({
  $typeName: 'cel.expr.Expr',
  id: 0n,
  exprKind: {
    case: 'constExpr',
    value: { $typeName: 'cel.expr.Constant', constantKind: { case: 'int64Value', value: BigInt(value) } },
  },
});
