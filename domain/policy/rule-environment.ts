import {
  type CelEnv,
  CelScalar,
  type CelValue,
  celEnv,
  celFunc,
  celList,
  celMethod,
  isCelList,
  isCelMap,
} from '@bufbuild/cel';
import { RE2JS } from '@bufbuild/re2';
import type { RuleBudget } from './rule-budget.ts';
import { METER } from './rule-meter.ts';
import { patternSize } from './rule-pattern.ts';

const { BOOL, DYN, INT, STRING } = CelScalar;

/** Longer ones only come about by a rule that doubles them. */
const MAX_TEXT = 1024 * 1024;

/** The language's own functions, and those that the meter has built into the rules, which share one budget. */
export function ruleEnvironment(budget: RuleBudget): CelEnv {
  const spendText = (length: number) => {
    if (length > MAX_TEXT) throw new Error('a text becomes too long');
    budget.spend(1 + (length >> 4));
  };
  const spendWhole = (value: unknown): void => {
    if (typeof value === 'string' || value instanceof Uint8Array) spendText(value.length);
    else if (isCelList(value)) {
      budget.spend(1 + value.size);
      for (const item of value) spendWhole(item);
    } else if (isCelMap(value)) {
      budget.spend(1 + value.size);
      for (const item of value.values()) spendWhole(item);
    }
  };
  const collected = new WeakMap<object, CelValue[]>();
  const patterns = new Map<string, { engine: RE2JS; size: number }>();
  const engine = (pattern: string) => {
    const known = patterns.get(pattern) ?? { engine: RE2JS.compile(pattern), size: patternSize(pattern) };
    patterns.set(pattern, known);
    return known;
  };
  return celEnv({
    funcs: [
      celFunc(METER.range, [DYN, INT], DYN, (range, weight) => {
        const turns = isCelList(range) || isCelMap(range) ? range.size : 0;
        budget.spend(1 + turns * Number(weight));
        return range;
      }),
      celFunc(METER.text, [DYN], DYN, (value) => {
        if (typeof value === 'string' || value instanceof Uint8Array) spendText(value.length);
        return value;
      }),
      celFunc(METER.whole, [DYN], DYN, (value) => {
        spendWhole(value);
        return value;
      }),
      celFunc(METER.append, [DYN, DYN], DYN, (before, next) => {
        if (!isCelList(before) || !isCelList(next)) throw new Error('only a list collects');
        budget.spend(8);
        const items = collected.get(before) ?? [...before];
        items.push(...next);
        if (collected.has(before)) return before;
        const list = celList(items);
        collected.set(list, items);
        return list;
      }),
      celMethod('matches', STRING, [STRING], BOOL, function (pattern) {
        const { engine: compiled, size } = engine(pattern);
        budget.spend(10 + Math.ceil(this.length * Math.max(1, size / 20)));
        return compiled.test(this);
      }),
    ],
  });
}
