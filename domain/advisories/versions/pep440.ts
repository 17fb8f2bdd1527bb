import { compare, valid } from '@renovatebot/pep440';
import type { Order } from './digits.ts';

/** Python's versions; those from before PEP 440 have no order. */
export function comparePep440(a: string, b: string): Order | undefined {
  if (a.length > MAX_LENGTH || b.length > MAX_LENGTH || !valid(a) || !valid(b)) return undefined;
  return Math.sign(compare(a, b)) as Order;
}

const MAX_LENGTH = 128;
