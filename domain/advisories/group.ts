import type { Advisory } from '../../contracts/advisory.ts';

export type Match = { readonly advisory: Advisory; readonly fixed: string | null };

/** Several publishers write of the same issue. Those that name one another, or the same third, become one; the first leads. */
export function groupMatches(matches: readonly Match[]): Match[][] {
  const groups = new Map<string, Match[]>();
  for (const match of matches.toSorted(byLead)) {
    const names = namesOf(match.advisory);
    const joined = [
      ...new Set(names.flatMap((name) => (groups.has(name) ? [groups.get(name) as Match[]] : []))),
    ];
    const group = [...joined.flat(), match];
    for (const member of group) for (const name of namesOf(member.advisory)) groups.set(name, group);
  }
  return [...new Set(groups.values())]
    .map((group) => group.toSorted(byLead))
    .sort((a, b) => byLead(a[0] as Match, b[0] as Match));
}

const namesOf = ({ id, aliases }: Advisory): string[] => [id, ...aliases];

/** Who writes most about an issue: GitHub's records have titles and severities, where others often have none. */
const byLead = ({ advisory: a }: Match, { advisory: b }: Match): number =>
  rank(a.id) - rank(b.id) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

const LEADS = ['MAL-', 'GHSA-', 'PYSEC-', 'RUSTSEC-', 'GO-', 'CVE-'];
const rank = (id: string): number => {
  const at = LEADS.findIndex((prefix) => id.startsWith(prefix));
  return at === -1 ? LEADS.length : at;
};
