import { nodeHash } from './merkle-hash.ts';

/** The root of a full subtree: it covers the leaves from `index * 2^height` on, `2^height` of them. */
export type TreeNode = { readonly height: number; readonly index: number };
/** A hash that a proof needs: the root over a range of leaves, put together from full subtrees, left to right. */
export type HashPlan = readonly TreeNode[];

/** The full subtrees of a tree of that size, largest first: a node for every one in the binary form of the size. */
export const rootPlan = (size: number): HashPlan => fullSubtrees(0, size);

/** Which hashes prove that a tree of size `to` begins with the whole tree of size `from` (RFC 6962, 2.1.2). */
export function consistencyPlan(from: number, to: number): HashPlan[] {
  if (from === 0 || from === to) return [];
  const plans: HashPlan[] = [];
  let [start, end] = [0, to];
  while (from < end) {
    const middle = start + largestPowerUpTo(end - start - 1);
    if (from <= middle) {
      plans.push(fullSubtrees(middle, end));
      end = middle;
    } else {
      plans.push(fullSubtrees(start, middle));
      start = middle;
    }
  }
  // of a tree that the verifier knows as a whole, the root goes without saying
  if (start !== 0) plans.push(fullSubtrees(start, end));
  return plans.reverse();
}

/** One hash out of those of its full subtrees, given from left to right. */
export function foldRight(hashes: readonly Uint8Array[]): Uint8Array {
  const last = hashes.at(-1);
  if (last === undefined) throw new Error('there is no hash of nothing');
  return hashes.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), last);
}

/** `start` lies where a subtree as large as the whole range may begin, as all ranges of proofs do. */
export function fullSubtrees(start: number, end: number): TreeNode[] {
  const nodes: TreeNode[] = [];
  let [at, left] = [start, end - start];
  while (left > 0) {
    const width = largestPowerUpTo(left);
    nodes.push({ height: Math.log2(width), index: at / width });
    at += width;
    left -= width;
  }
  return nodes;
}

/** Doubling rather than a logarithm, which rounds up for large numbers just below a power. */
export function largestPowerUpTo(value: number): number {
  let power = 1;
  while (power * 2 <= value) power *= 2;
  return power;
}
