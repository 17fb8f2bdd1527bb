import type { Expr } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js';

/** What stands directly below a node of a parsed rule. */
export function children({ exprKind }: Expr): Expr[] {
  switch (exprKind.case) {
    case 'callExpr':
      return present([exprKind.value.target, ...exprKind.value.args]);
    case 'selectExpr':
      return present([exprKind.value.operand]);
    case 'listExpr':
      return exprKind.value.elements;
    case 'structExpr':
      return exprKind.value.entries.flatMap(({ keyKind, value }) =>
        present([keyKind.case === 'mapKey' ? keyKind.value : undefined, value]),
      );
    case 'comprehensionExpr': {
      const { iterRange, accuInit, loopCondition, loopStep, result } = exprKind.value;
      return present([iterRange, accuInit, loopCondition, loopStep, result]);
    }
    default:
      return [];
  }
}

export const nodes = (expr: Expr): number => children(expr).reduce((sum, child) => sum + nodes(child), 1);

/** Loops within loops, and everything within everything. */
export const loopDepth = (expr: Expr): number =>
  Math.max(0, ...children(expr).map(loopDepth)) + (expr.exprKind.case === 'comprehensionExpr' ? 1 : 0);
export const depth = (expr: Expr): number => Math.max(0, ...children(expr).map(depth)) + 1;

const present = (parts: readonly (Expr | undefined)[]): Expr[] => parts.filter((part) => part !== undefined);
