import type { Severity } from '../../contracts/finding.ts';
import type { Span } from './program.ts';

/** The way of a value that strangers choose, from where it comes in. */
export type Taint = Source & { readonly steps: readonly Span[] };

export type Source = {
  /** Where it comes from, in words. */
  readonly source: string;
  /** Chosen by who starts the program, who could as well do without it whatever it would be made to do. */
  readonly isLocal: boolean;
};

/** What is known of a value where it is used. */
export type Value = Span & {
  readonly taint: Taint | null;
  /** Undefined when it is not known. */
  readonly constant: string | number | boolean | null | undefined;
  /** What of its text stands in the source. */
  readonly text: string;
  /** Put together of several parts that are not all constant. */
  readonly isBuilt: boolean;
  readonly entries: ReadonlyMap<string, Value> | null;
  /** `child_process.exec`, `req.query.id`: by the name of the module, whatever it is called here. */
  readonly path: string | null;
};

export type CallEvent = Span & {
  readonly kind: 'call';
  readonly path: string;
  /** The last name of the path. */
  readonly method: string;
  readonly receiver: Value | null;
  readonly args: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
  readonly isNew: boolean;
  /** Where the result goes, when that has a name. */
  readonly assignedTo: string | null;
};

export type AssignEvent = Span & {
  readonly kind: 'assign';
  readonly path: string | null;
  /** The last name of the path. */
  readonly property: string | null;
  readonly key: Value | null;
  readonly value: Value;
};

/** `name: value` in an object or an element. */
export type EntryEvent = Span & { readonly kind: 'entry'; readonly name: string; readonly value: Value };

export type Event = CallEvent | AssignEvent | EntryEvent;

export type Hit = {
  readonly taint?: Taint;
  /** What the snippet must not show. */
  readonly secret?: Span;
};

export type Rule = {
  readonly id: string;
  readonly title: string;
  readonly cwe: readonly string[];
  readonly severity: Severity;
  readonly confidence: 'high' | 'medium' | 'low';
  readonly message: string;
  readonly fix: string;
  /** Also worth telling when only who starts the program chooses the value. */
  readonly alsoLocal?: boolean;
  readonly check: (event: Event) => Hit | null;
};

/** What is there is enough for a finding; no value has to flow anywhere. */
export const HERE: Hit = {};

/** A call that must not get what strangers choose as one of its arguments. */
export const ifTainted = (...values: readonly (Value | null | undefined)[]): Hit | null => {
  const taint = values.find((value) => value?.taint)?.taint;
  return taint ? { taint } : null;
};

/** Narrower than a call, so that after a no to one question another can still be asked about the call. */
type MatchingCall = CallEvent & { readonly matching: true };

export const isCallOf = (event: Event, paths: RegExp): event is MatchingCall =>
  event.kind === 'call' && paths.test(event.path);

/** The value under a name in any of the arguments that are objects, or given by name. */
export function option(call: CallEvent, name: string): Value | undefined {
  return (
    call.named.get(name) ??
    call.args.map(({ entries }) => entries?.get(name)).find((value) => value !== undefined)
  );
}

export const SQL =
  /\b(?:select\b[\s\S]{0,400}\bfrom\b|insert\s{1,8}into\b|update\b[\s\S]{0,200}\bset\b|delete\s{1,8}from\b|drop\s{1,8}table\b|where\b[\s\S]{0,200}=)/i;

/** By the names it came through, where there are any. */
export const isPassword = (value: Value | null | undefined): boolean =>
  /pass(?:word|wd|phrase)|(?:^|[._])pwd\b/i.test(value?.path ?? '');
