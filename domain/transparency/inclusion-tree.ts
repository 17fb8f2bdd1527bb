import { nodeHash } from './merkle-hash.ts';
import { fullSubtrees, type HashPlan, largestPowerUpTo } from './tree-nodes.ts';

/** Leaves to be proved and whatever lies beside them, up to the root: what neighbours have in common is there once. */
export type InclusionTree =
  | { readonly kind: 'leaf'; readonly nth: number }
  | { readonly kind: 'beside'; readonly plan: HashPlan }
  | { readonly kind: 'fork'; readonly left: Side; readonly right: Side };
/** With the leaves below it, by their place among those that are to be proved. */
type Side = { readonly tree: InclusionTree; readonly from: number; readonly to: number };

/** The tree of that size above these leaves (RFC 6962, 2.1.1), whose indexes ascend and are there once each. */
export function inclusionTree(indexes: readonly number[], size: number): InclusionTree {
  const side = (start: number, end: number, from: number, to: number): Side => ({
    tree: range(start, end, from, to),
    from,
    to,
  });
  function range(start: number, end: number, from: number, to: number): InclusionTree {
    if (from === to) return { kind: 'beside', plan: fullSubtrees(start, end) };
    if (end - start === 1) return { kind: 'leaf', nth: from };
    const middle = start + largestPowerUpTo(end - start - 1);
    const cut = firstFrom(indexes, middle, from, to);
    return { kind: 'fork', left: side(start, middle, from, cut), right: side(middle, end, cut, to) };
  }
  return range(0, size, 0, indexes.length);
}

/** The hashes that must be known. */
export function plansBeside(tree: InclusionTree): HashPlan[] {
  if (tree.kind === 'beside') return [tree.plan];
  return tree.kind === 'leaf' ? [] : [...plansBeside(tree.left.tree), ...plansBeside(tree.right.tree)];
}

export type Climbed = {
  readonly root: Uint8Array;
  /** For each leaf the hashes, hex, that lead from it to the root. */
  readonly paths: readonly (readonly string[])[];
};

/**
 * Computes the root from the leaves up. Every path is made of the very hashes that it was computed from: when the root is
 * the right one, each path holds, and none needs to be walked again.
 */
export function climb(
  tree: InclusionTree,
  leafHashes: readonly Uint8Array[],
  hashOf: (plan: HashPlan) => Uint8Array,
): Climbed {
  const paths: string[][] = leafHashes.map(() => []);
  const show = ({ from, to }: Side, sibling: Uint8Array): void => {
    const hex = from === to ? '' : Buffer.from(sibling).toString('hex');
    for (let nth = from; nth < to; nth += 1) paths[nth]?.push(hex);
  };
  function hash(part: InclusionTree): Uint8Array {
    if (part.kind === 'beside') return hashOf(part.plan);
    if (part.kind === 'leaf') return leafHashes[part.nth] ?? new Uint8Array();
    const [left, right] = [hash(part.left.tree), hash(part.right.tree)];
    show(part.left, right);
    show(part.right, left);
    return nodeHash(left, right);
  }
  return { root: hash(tree), paths };
}

function firstFrom(indexes: readonly number[], value: number, from: number, to: number): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((indexes[middle] ?? value) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
