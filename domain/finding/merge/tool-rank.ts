import type { Finding } from '../../../contracts/finding.ts';
import { TOOLS } from '../../../contracts/tools.ts';

/** Our own tools first, then the others as they are listed, then whatever was brought along, by name. */
export function byRank(a: Finding, b: Finding): number {
  return (
    rankOf(a.tool) - rankOf(b.tool) ||
    compare(a.tool, b.tool) ||
    compare(a.location?.path ?? '', b.location?.path ?? '') ||
    (a.location?.start_line ?? 0) - (b.location?.start_line ?? 0) ||
    (a.location?.start_column ?? 0) - (b.location?.start_column ?? 0) ||
    compare(a.rule, b.rule) ||
    compare(a.fingerprint, b.fingerprint)
  );
}

const RANKS: ReadonlyMap<string, number> = new Map(TOOLS.map((tool, rank) => [tool, rank]));

const rankOf = (tool: string): number => RANKS.get(tool) ?? TOOLS.length;

export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
