/**
 * What both languages are read into: little enough that one analysis follows values through it, and no more of the
 * language than rules ask for.
 */
export type Span = { readonly start: number; readonly end: number };

export type Expression = Span &
  (
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'constant'; readonly value: string | number | boolean | null }
    | {
        readonly kind: 'member';
        readonly object: Expression;
        readonly property: string | null;
        readonly key: Expression | null;
      }
    | {
        readonly kind: 'call';
        readonly callee: Expression;
        readonly args: readonly Expression[];
        readonly named: readonly (readonly [string, Expression])[];
        readonly isNew: boolean;
      }
    /** A text put together of parts: concatenation, template, format. */
    | { readonly kind: 'text'; readonly parts: readonly Expression[] }
    | { readonly kind: 'object'; readonly entries: readonly (readonly [string | null, Expression])[] }
    /** One of several values, or all of them: a condition, a list. */
    | { readonly kind: 'any'; readonly parts: readonly Expression[] }
    /** Made of its parts, but nothing of them is left in it: a comparison, a sum. */
    | { readonly kind: 'other'; readonly parts: readonly Expression[] }
    | { readonly kind: 'function'; readonly params: readonly string[]; readonly body: readonly Statement[] }
    | { readonly kind: 'assignment'; readonly statement: Statement }
  );

export type Statement = Span &
  (
    | {
        readonly kind: 'assign';
        readonly target: Expression;
        readonly value: Expression;
        /** `+=`: what was there stays part of it. */
        readonly isUpdate: boolean;
      }
    | { readonly kind: 'evaluate'; readonly value: Expression }
    /** Runs perhaps: what is assigned in it may not be. */
    | { readonly kind: 'branch'; readonly body: readonly Statement[] }
    | { readonly kind: 'function'; readonly params: readonly string[]; readonly body: readonly Statement[] }
    | { readonly kind: 'import'; readonly name: string; readonly path: string }
    /** A parameter that the framework fills from the request. */
    | { readonly kind: 'given'; readonly name: string }
  );

export type Program = readonly Statement[];

/** Deeper than any person nests; a walk that goes on would overflow the stack. */
const MAX_DEPTH = 600;

export class TooDeep extends Error {
  override readonly name = 'TooDeep';
}

/** Counts how deep a walk has gone: an expression that is nested without end must not take the stack with it. */
export class Depth {
  #depth = 0;

  enter<T>(inside: () => T): T {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new TooDeep('nested too deeply');
    try {
      return inside();
    } finally {
      this.#depth -= 1;
    }
  }
}
