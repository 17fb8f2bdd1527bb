import { Depth, type Expression, type Program, type Span, type Statement } from './program.ts';
import type { Event, Hit, Rule, Source, Value } from './rule.ts';
import { Scope } from './scope.ts';
import { joined, plain, span, taintOf, textOf } from './value.ts';

export type Finding = Span & { readonly rule: Rule; readonly hit: Hit };

/** How values come into programs of one language, and what lets them pass. */
export type Language = {
  readonly rules: readonly Rule[];
  /** The path of a value that strangers choose: what it is, in words. */
  readonly sourceOf: (path: string) => Source | null;
  /** Calls whose result holds what they were given. */
  readonly passes: (path: string, isNew: boolean) => boolean;
  /** Methods whose result no longer holds what they were called on. */
  readonly stops: (method: string) => boolean;
};

/** Follows values through each function by itself, in the order of the text, and asks the rules at every step. */
export function analyse(program: Program, language: Language): Finding[] {
  const analysis = new Analysis(language);
  analysis.run(program, new Scope(null));
  return analysis.findings;
}

class Analysis {
  readonly findings: Finding[] = [];
  readonly #language: Language;
  readonly #depth = new Depth();
  #branches = 0;

  constructor(language: Language) {
    this.#language = language;
  }

  run(statements: readonly Statement[], scope: Scope): void {
    this.#depth.enter(() => {
      for (const statement of statements) this.#statement(statement, scope);
    });
  }

  #statement(statement: Statement, scope: Scope): void {
    switch (statement.kind) {
      case 'evaluate':
        this.#value(statement.value, scope);
        return;
      case 'assign':
        this.#assign(statement, scope);
        return;
      case 'branch':
        this.#branches += 1;
        this.run(statement.body, scope);
        this.#branches -= 1;
        return;
      case 'function':
        this.#function(statement, scope);
        return;
      case 'import':
        scope.set(statement.name, { ...plain(statement), path: statement.path });
        return;
      case 'given':
        scope.set(statement.name, {
          ...plain(statement),
          path: statement.name,
          taint: { source: `the parameter ${statement.name}`, isLocal: false, steps: [span(statement)] },
        });
    }
  }

  /** What its parameters are nobody knows here, whatever the same names mean outside. */
  #function(
    { params, body, ...at }: Span & Pick<Statement & { kind: 'function' }, 'params' | 'body'>,
    scope: Scope,
  ): void {
    const inner = new Scope(scope);
    for (const name of params) inner.set(name, { ...plain(at), path: name });
    const branches = this.#branches;
    this.#branches = 0;
    this.run(body, inner);
    this.#branches = branches;
  }

  #assign(statement: Statement & { kind: 'assign' }, scope: Scope): Value {
    const { target } = statement;
    const name = target.kind === 'name' ? target.name : null;
    const given = this.#value(statement.value, scope, name);
    const place = this.#place(target, scope);
    const value = statement.isUpdate ? joined(statement, [place.value, given]) : given;
    const path = name ?? place.value.path;
    const { key } = place;
    this.#ask({ ...span(statement), kind: 'assign', path, property: lastName(path, target), key, value });
    if (path !== null && key === null) this.#remember(path, value, statement, scope);
    return value;
  }

  /** What stands there before it is assigned to. */
  #place(target: Expression, scope: Scope): { value: Value; key: Value | null } {
    if (target.kind !== 'member') return { value: this.#value(target, scope), key: null };
    const { value, key } = this.#depth.enter(() => this.#member(target, scope));
    return { value: this.#known(target, value, scope), key };
  }

  #remember(path: string, value: Value, at: Span, scope: Scope): void {
    const known = scope.get(path);
    // in a branch that may not run, what was dangerous before still may be
    if (this.#branches > 0 && value.taint === null && known?.taint) return;
    const taint = value.taint && { ...value.taint, steps: withStep(value.taint.steps, at) };
    scope.set(path, { ...value, taint, path: value.path ?? path });
  }

  #value(expression: Expression, scope: Scope, assignedTo: string | null = null): Value {
    return this.#depth.enter(() =>
      this.#known(expression, this.#evaluate(expression, scope, assignedTo), scope),
    );
  }

  /** What a path is, when it was assigned before or is a source itself. */
  #known(expression: Expression, value: Value, scope: Scope): Value {
    if (
      value.path === null ||
      (expression.kind !== 'name' && expression.kind !== 'member' && expression.kind !== 'call')
    )
      return value;
    // a name was looked up already, and what it stands for may have been assigned to since
    const stored = expression.kind === 'member' ? scope.get(value.path) : undefined;
    if (stored !== undefined) return { ...stored, ...span(expression) };
    const source = value.taint === null ? this.#language.sourceOf(value.path) : null;
    return source === null ? value : { ...value, taint: { ...source, steps: [span(expression)] } };
  }

  #evaluate(expression: Expression, scope: Scope, assignedTo: string | null): Value {
    switch (expression.kind) {
      case 'name':
        return scope.get(expression.name) ?? { ...plain(expression), path: expression.name };
      case 'constant':
        return { ...plain(expression), constant: expression.value, text: String(expression.value ?? '') };
      case 'member':
        return this.#member(expression, scope).value;
      case 'call':
        return this.#call(expression, scope, assignedTo);
      case 'text':
        return joined(
          expression,
          expression.parts.map((part) => this.#value(part, scope)),
        );
      case 'object':
        return this.#object(expression, scope);
      case 'any': {
        const values = expression.parts.map((part) => this.#value(part, scope));
        return {
          ...plain(expression),
          taint: taintOf(values),
          text: textOf(values, ' '),
        };
      }
      case 'other':
        for (const part of expression.parts) this.#value(part, scope);
        return plain(expression);
      case 'function':
        this.#function(expression, scope);
        return plain(expression);
      case 'assignment':
        if (expression.statement.kind === 'assign') return this.#assign(expression.statement, scope);
        this.#statement(expression.statement, scope);
        return plain(expression);
    }
  }

  /** Its parts are evaluated once: twice at each level of a chain would be beyond counting. */
  #member(
    expression: Expression & { kind: 'member' },
    scope: Scope,
  ): { value: Value; object: Value; key: Value | null } {
    const object = this.#value(expression.object, scope);
    const key = expression.key === null ? null : this.#value(expression.key, scope);
    const property = expression.property ?? (typeof key?.constant === 'string' ? key.constant : null);
    const entry = property === null ? undefined : object.entries?.get(property);
    if (entry !== undefined) return { value: { ...entry, ...span(expression) }, object, key };
    const stops = property !== null && this.#language.stops(property);
    const path = object.path === null ? null : `${object.path}.${property ?? '*'}`.slice(0, MAX_PATH);
    return { value: { ...plain(expression), path, taint: stops ? null : object.taint }, object, key };
  }

  #call(expression: Expression & { kind: 'call' }, scope: Scope, assignedTo: string | null): Value {
    const { callee, isNew } = expression;
    const member = callee.kind === 'member' ? this.#depth.enter(() => this.#member(callee, scope)) : null;
    const called = member === null ? this.#value(callee, scope) : this.#known(callee, member.value, scope);
    const receiver = member?.object ?? null;
    const args = expression.args.map((arg) => this.#value(arg, scope));
    const named = new Map<string, Value>();
    for (const [name, given] of expression.named) {
      const value = this.#value(given, scope);
      named.set(name, value);
      this.#ask({ start: given.start, end: given.end, kind: 'entry', name, value });
    }
    const method =
      callee.kind === 'member' ? (callee.property ?? '*') : ((called.path ?? '').split('.').at(-1) ?? '');
    const path = called.path ?? `?.${method}`;
    this.#ask({ ...span(expression), kind: 'call', path, method, receiver, args, named, isNew, assignedTo });
    const passed = this.#language.passes(path, isNew) ? [...args, ...named.values()] : [];
    const kept = receiver !== null && !this.#language.stops(method) ? [receiver] : [];
    const whole = joined(expression, [...kept, ...passed]);
    return {
      ...whole,
      constant: undefined,
      path: this.#moduleOf(path, args) ?? `${path}()`.slice(0, MAX_PATH),
    };
  }

  #moduleOf(path: string, args: readonly Value[]): string | null {
    const [first] = args;
    if (path === 'require' && typeof first?.constant === 'string')
      return first.constant.replace(/^node:/, '');
    return /(?:^|\.)promisify$/.test(path) ? (first?.path ?? null) : null;
  }

  #object(expression: Expression & { kind: 'object' }, scope: Scope): Value {
    const entries = new Map<string, Value>();
    const values: Value[] = [];
    for (const [name, part] of expression.entries) {
      const value = this.#value(part, scope);
      values.push(value);
      if (name === null)
        for (const [inner, innerValue] of value.entries ?? []) entries.set(inner, innerValue);
      else {
        entries.set(name, value);
        this.#ask({ start: part.start, end: part.end, kind: 'entry', name, value });
      }
    }
    return { ...plain(expression), entries, taint: taintOf(values) };
  }

  #ask(event: Event): void {
    for (const rule of this.#language.rules) {
      const hit = rule.check(event);
      if (hit === null || (hit.taint?.isLocal && !rule.alsoLocal)) continue;
      this.findings.push({ start: event.start, end: event.end, rule, hit });
    }
  }
}

/** A path longer than any rule asks for grows no further. */
const MAX_PATH = 200;

/** The first steps tell where it comes from, and nobody follows hundreds. */
const MAX_STEPS = 20;
const withStep = (steps: readonly Span[], at: Span): readonly Span[] =>
  steps.length < MAX_STEPS ? [...steps, span(at)] : steps;

const lastName = (path: string | null, target: Expression): string | null =>
  target.kind === 'member' ? target.property : (path?.split('.').at(-1) ?? null);
