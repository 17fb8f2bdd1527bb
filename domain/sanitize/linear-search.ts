import type { RE2JS } from '@bufbuild/re2';

export type Covered = { start: number; end: number };

/**
 * What any match of a pattern covers, in one pass: the engine itself only says whether there is one. Each step of the
 * pattern remembers where the earliest match that has come to it began, so nothing is ever gone through again.
 */
export function searchFor(engine: RE2JS): (text: string) => Covered[] {
  const program = engine.re2().prog;
  const starts = startsOf(program);
  return (text) => coveredBy(program, starts, text);
}

function coveredBy(program: Program, starts: Uint8Array, text: string): Covered[] {
  const covered: Covered[] = [];
  let threads = new Map<number, number>();
  let before = -1;
  for (let at = 0; at <= text.length; ) {
    const rune = text.codePointAt(at) ?? -1;
    // most letters of a text begin nothing
    if (threads.size === 0 && rune >= 0 && rune < 128 && starts[rune] === 0) {
      before = rune;
      at += 1;
      continue;
    }
    const context = contextOf(before, rune);
    const active = new Map<number, number>();
    // the earliest first, so that none is followed twice
    const earliest = threads.size > 1 ? [...threads].sort(([, a], [, b]) => a - b) : threads;
    for (const [pc, start] of earliest) follow(program, pc, start, context, active);
    follow(program, program.start, at, context, active);
    threads = new Map();
    for (const [pc, start] of active) {
      const step = program.getInst(pc);
      if (step.op === MATCH) cover(covered, start, at);
      else if (step.op >= RUNE && rune >= 0 && step.matchRune(rune)) arrive(threads, step.out, start);
    }
    before = rune;
    at += rune > 0xffff ? 2 : 1;
  }
  return covered;
}

type Program = ReturnType<RE2JS['re2']>['prog'];

/** Steps of the engine's programs; what is not among them takes no letter. */
const ALT = 1;
const ALT_MATCH = 2;
const CAPTURE = 3;
const EMPTY_WIDTH = 4;
const MATCH = 6;
const NOP = 7;
const RUNE = 8;

/** Every step that is reached without a letter, with the earliest beginning that reaches it. */
function follow(
  program: Program,
  first: number,
  start: number,
  context: number,
  active: Map<number, number>,
): void {
  const open = [first];
  for (let pc = open.pop(); pc !== undefined; pc = open.pop()) {
    if (active.has(pc)) continue;
    active.set(pc, start);
    const { op, out, arg } = program.getInst(pc);
    if (op === ALT || op === ALT_MATCH) open.push(arg, out);
    else if (op === CAPTURE || op === NOP) open.push(out);
    else if (op === EMPTY_WIDTH && (arg & ~context) === 0) open.push(out);
  }
}

function arrive(threads: Map<number, number>, pc: number, start: number): void {
  const known = threads.get(pc);
  if (known === undefined || start < known) threads.set(pc, start);
}

function cover(covered: Covered[], start: number, end: number): void {
  if (start === end) return;
  let from = start;
  for (let last = covered.at(-1); last !== undefined && last.end > from; last = covered.at(-1)) {
    from = Math.min(from, last.start);
    covered.pop();
  }
  covered.push({ start: from, end });
}

/** Which of the first letters a match can begin with, whatever stands around. */
function startsOf(program: Program): Uint8Array {
  const first = new Map<number, number>();
  follow(program, program.start, 0, ANY_CONTEXT, first);
  const starts = new Uint8Array(128);
  for (const pc of first.keys()) {
    const step = program.getInst(pc);
    if (step.op < RUNE) continue;
    for (let rune = 0; rune < 128; rune += 1) if (step.matchRune(rune)) starts[rune] = 1;
  }
  return starts;
}

const BEGIN_LINE = 1;
const END_LINE = 2;
const BEGIN_TEXT = 4;
const END_TEXT = 8;
const WORD_BOUNDARY = 16;
const NO_WORD_BOUNDARY = 32;
const ANY_CONTEXT = 63;

function contextOf(before: number, rune: number): number {
  let context = isWord(before) === isWord(rune) ? NO_WORD_BOUNDARY : WORD_BOUNDARY;
  if (before < 0) context |= BEGIN_TEXT | BEGIN_LINE;
  if (before === 10) context |= BEGIN_LINE;
  if (rune < 0) context |= END_TEXT | END_LINE;
  if (rune === 10) context |= END_LINE;
  return context;
}

const isWord = (rune: number): boolean =>
  (rune >= 48 && rune <= 57) || (rune >= 65 && rune <= 90) || (rune >= 97 && rune <= 122) || rune === 95;
