import type { Span } from './program.ts';
import type { Taint, Value } from './rule.ts';

export const span = ({ start, end }: Span): Span => ({ start, end });

export const plain = (at: Span): Value => ({
  ...span(at),
  taint: null,
  constant: undefined,
  text: '',
  isBuilt: false,
  entries: null,
  path: null,
});

export const taintOf = (values: readonly Value[]): Taint | null =>
  values.find(({ taint }) => taint !== null)?.taint ?? null;

/** What is made of a value twice, and of that twice again, would soon be longer than any memory. */
const MAX_TEXT = 2000;

export function textOf(parts: readonly Value[], between: string): string {
  let whole = '';
  for (const { text } of parts) {
    if (whole.length >= MAX_TEXT) break;
    whole += whole === '' ? text : between + text;
  }
  return whole.slice(0, MAX_TEXT);
}

export function joined(at: Span, parts: readonly Value[]): Value {
  const constants = parts.map(({ constant }) => constant);
  const isConstant = parts.length > 0 && constants.every((constant) => constant !== undefined);
  const text = textOf(parts, '');
  return {
    ...plain(at),
    taint: taintOf(parts),
    constant: isConstant ? text : undefined,
    text,
    isBuilt: (!isConstant && parts.length > 1) || parts.some(({ isBuilt }) => isBuilt),
  };
}
