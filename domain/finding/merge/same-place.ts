import type { Finding, Location } from '../../../contracts/finding.ts';

/** A finding that has become part of a group, whose first member is of the tool that ranks highest. */
export type Group = { readonly members: Finding[]; readonly tools: Set<string> };

/** Longer regions are whole functions or files: what lies somewhere in them is not the same thing. */
const MAX_LINES = 10;
/** How many groups at one line are looked at: a hostile report may put a hundred thousand there. */
const MAX_LOOKED_AT = 16;

/**
 * Finds, for findings that come tool by tool, the group that already holds the same issue: at the same path, under one of
 * the same `keys`, with lines that overlap, and without a member of the same tool, which knows its own findings apart.
 */
export function createPlaces(keysOf: (finding: Finding) => readonly string[]) {
  const groups = new Map<string, Group[]>();
  let current = '';
  let taken = new Map<string, number>();

  const slots = (finding: Finding): string[] => {
    const { location } = finding;
    if (location?.start_line == null) return [];
    const lines = linesOf(location);
    return keysOf(finding).flatMap((key) => lines.map((line) => `${location.path}\0${key}\0${line}`));
  };

  return {
    find(finding: Finding): Group | undefined {
      if (finding.tool !== current) [current, taken] = [finding.tool, new Map()];
      for (const slot of slots(finding)) {
        const candidates = groups.get(slot) ?? [];
        let start = taken.get(slot) ?? 0;
        while (candidates[start]?.tools.has(finding.tool)) start += 1;
        taken.set(slot, start);
        const group = candidates
          .slice(start, start + MAX_LOOKED_AT)
          .find(
            ({ tools, members }) =>
              !tools.has(finding.tool) && members.every((member) => overlap(member, finding)),
          );
        if (group !== undefined) return group;
      }
      return undefined;
    },
    add(finding: Finding, group: Group): void {
      for (const slot of slots(finding)) {
        const others = groups.get(slot);
        if (others === undefined) groups.set(slot, [group]);
        else if (others.at(-1) !== group && !others.slice(-MAX_LOOKED_AT).includes(group)) others.push(group);
      }
    },
  };
}

function linesOf({ start_line: start, end_line: end }: Location): number[] {
  if (start === null) return [];
  const count = (end ?? start) - start + 1;
  return count > MAX_LINES ? [start] : Array.from({ length: count }, (_, at) => start + at);
}

/** On one and the same line the columns count as well, where both tools tell them. */
function overlap({ location: a }: Finding, { location: b }: Finding): boolean {
  if (a?.start_line == null || b?.start_line == null) return false;
  const sameLine =
    a.start_line === b.start_line && (a.end_line ?? a.start_line) === (b.end_line ?? b.start_line);
  if (!sameLine || (a.end_line ?? a.start_line) !== a.start_line) return true;
  if (a.start_column === null || b.start_column === null || a.end_column === null || b.end_column === null)
    return true;
  return a.start_column <= b.end_column && b.start_column <= a.end_column;
}
