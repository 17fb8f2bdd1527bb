import type { ReviewRules } from '../../contracts/privacy.ts';
import type { ReviewDecision, ReviewState, ReviewVerdict } from '../../contracts/review.ts';

export type Standing = {
  readonly state: Exclude<ReviewState, 'expired' | 'failed'>;
  /** The decisions that made it so. */
  readonly counting: readonly ReviewDecision[];
};

const PERSONS = { one: 1, two: 2 } as const;

/**
 * Where a review stands after what people have said. Of each person the last word counts, so that nobody is two; one no is
 * enough, and a yes takes as many people as the rules ask for, all for the same.
 */
export function standingOf(
  decisions: readonly ReviewDecision[],
  { second_person }: Pick<ReviewRules, 'second_person'>,
): Standing {
  const words = lastWords(decisions);
  const saying = (verdict: ReviewDecision['verdict']) => words.filter((word) => word.verdict === verdict);
  const refused = saying('reject');
  if (refused.length > 0) return { state: 'rejected', counting: refused };
  const needed = second_person ? PERSONS.two : PERSONS.one;
  const [masked, whole] = [saying('release_masked'), saying('release')];
  if (masked.length >= needed) return { state: 'released_masked', counting: masked };
  if (whole.length >= needed) return { state: 'released', counting: whole };
  return words.length > 0 ? { state: 'second_person', counting: words } : { state: 'open', counting: [] };
}

/** Whether this would say nothing that this person has not said already. */
export const isRepeated = (
  decisions: readonly Pick<ReviewDecision, 'by' | 'verdict'>[],
  { by, verdict }: Pick<ReviewDecision, 'by' | 'verdict'>,
): boolean => decisions.findLast((said) => said.by === by)?.verdict === verdict;

export const isClosed = (state: ReviewState): boolean => state !== 'open' && state !== 'second_person';

/**
 * Whether what the review came to is something else: the order of a person whom the others overruled stays signed, and whoever
 * can start a run could still come along with it.
 */
export const isOverruled = (state: ReviewState, verdict: Exclude<ReviewVerdict, 'reject'>): boolean =>
  isClosed(state) && state !== RELEASED[verdict];

const RELEASED = { release: 'released', release_masked: 'released_masked' } as const;

function lastWords(decisions: readonly ReviewDecision[]): ReviewDecision[] {
  const last = new Map<string, ReviewDecision>();
  for (const decision of decisions) {
    last.delete(decision.by);
    last.set(decision.by, decision);
  }
  return [...last.values()];
}
