import type { Advisory, AffectedVersions } from '../../contracts/advisory.ts';
import { type Comparator, comparatorFor } from './versions/comparator.ts';
import { compareSemver } from './versions/semver.ts';

export type Judgement = {
  readonly isAffected: boolean;
  /** The smallest version above this one in which it is mended. */
  readonly fixed: string | null;
  /** The version could not be put in order with those of the advisory. */
  readonly isUndecided: boolean;
};

/** Whether an advisory speaks of this version of its package. `ecosystem` is whole, with the release of a distribution. */
export function affects(advisory: Advisory, ecosystem: string, version: string): Judgement {
  let result: Judgement = { isAffected: false, fixed: null, isUndecided: false };
  for (const affected of advisory.affected) {
    if (affected.ecosystem !== ecosystem) continue;
    const judged = judge(affected, ecosystem, version);
    if (judged.isAffected && (!result.isAffected || result.fixed === null)) result = judged;
    else if (!result.isAffected && judged.isUndecided) result = judged;
  }
  return result;
}

function judge({ ranges, versions }: AffectedVersions, ecosystem: string, version: string): Judgement {
  const isListed = versions.includes(ecosystem === 'Go' ? version.replace(/^v/, '') : version);
  const judged = ranges.map(({ type, events }) => {
    const compare = type === 'SEMVER' ? compareSemver : comparatorFor(ecosystem);
    const within = compare === null ? undefined : isWithin(events, version, compare);
    return { within, fixed: compare === null ? null : nextFix(events, version, compare) };
  });
  const within = judged.filter((range) => range.within === true);
  const isAffected = isListed || within.length > 0;
  // One that is listed, and in no range, is mended by whichever fix comes next.
  const fixes = (within.length > 0 ? within : isListed ? judged : []).map(({ fixed }) => fixed);
  const isUndecided = !isAffected && judged.some((range) => range.within === undefined);
  return { isAffected, fixed: fixes.find((fixed) => fixed !== null) ?? null, isUndecided };
}

type Event = AffectedVersions['ranges'][number]['events'][number];
type Mark = { readonly at: string; readonly kind: 'introduced' | 'fixed' | 'last_affected' };

/** Walks the events in the order of their versions; `undefined` when one of them has no place in that order. */
function isWithin(events: readonly Event[], version: string, compare: Comparator): boolean | undefined {
  const marks = events.flatMap(marksOf);
  const against = marks.map((mark) => ({ mark, order: order(version, mark.at, compare) }));
  if (against.some(({ order }) => order === undefined)) return undefined;
  const limits = events.flatMap(({ limit }) => (limit === undefined || limit === '*' ? [] : [limit]));
  if (limits.length > 0 && !limits.some((limit) => order(version, limit, compare) === -1)) return false;
  const sorted = against.toSorted((a, b) => order(a.mark.at, b.mark.at, compare) ?? 0);
  let isAffected = false;
  for (const { mark, order } of sorted) {
    if (mark.kind === 'introduced' && order !== -1) isAffected = true;
    if (mark.kind === 'fixed' && order !== -1) isAffected = false;
    if (mark.kind === 'last_affected' && order === 1) isAffected = false;
  }
  return isAffected;
}

function marksOf({ introduced, fixed, last_affected }: Event): Mark[] {
  const marks: Mark[] = [];
  if (introduced !== undefined) marks.push({ at: introduced, kind: 'introduced' });
  if (fixed !== undefined) marks.push({ at: fixed, kind: 'fixed' });
  if (last_affected !== undefined) marks.push({ at: last_affected, kind: 'last_affected' });
  return marks;
}

/** "0" stands for the beginning: it is before every version, also before what is none. */
function order(a: string, b: string, compare: Comparator) {
  if (a === '0' || b === '0') return a === b ? 0 : a === '0' ? -1 : 1;
  return compare(a, b);
}

function nextFix(events: readonly Event[], version: string, compare: Comparator): string | null {
  const later = events.flatMap(({ fixed }) =>
    fixed !== undefined && order(fixed, version, compare) === 1 ? [fixed] : [],
  );
  return later.toSorted((a, b) => order(a, b, compare) ?? 0)[0] ?? null;
}
