import { ApplicationFailure, condition, defineQuery, defineUpdate, setHandler } from '@temporalio/workflow';
import type { OpenedDecision } from '../activities/privacy/open-decision.ts';
import { CertusError } from '../contracts/errors.ts';
import type {
  ReviewCall,
  ReviewDecision,
  ReviewInput,
  ReviewStanding,
  ReviewState,
} from '../contracts/review.ts';
import { expiryOf } from '../contracts/review-times.ts';
import type { Notice } from '../contracts/scan.ts';
import { DECIDE_UPDATE, REVIEW_QUERY } from '../contracts/workflow-names.ts';
import { requireCall, requireNews } from '../domain/review/check-call.ts';
import { isClosed, type Standing, standingOf } from '../domain/review/standing.ts';
import { toFailure } from './failure-notice.ts';

/** What goes on into another history. */
export type Carried = {
  readonly decisions: readonly ReviewDecision[];
  readonly known: readonly string[];
  readonly reminders: number;
  readonly remindAt: number;
};

/** Where the decisions about a review are handed in: the one end faces whoever decides, the other the run. */
export type ReviewDesk = {
  /** From here on by what is on record: since when it is open, and so until when. */
  adopt(review: ReviewInput): void;
  readonly known: () => readonly string[];
  readonly decisions: () => readonly ReviewDecision[];
  readonly state: () => ReviewState;
  remindAt: number | null;
  /** Whether calls were taken in that nobody has opened yet; whoever handed them in may have gone by now. */
  readonly hasWaiting: () => boolean;
  /** The next call, or nothing by then. */
  next(until: number): Promise<ReviewCall | undefined>;
  /** As it is decided about by now: rules that grew stricter while it was open hold for it too. */
  readonly review: () => ReviewInput;
  /** Puts an opened order with the others. One that says nothing new is thrown back. */
  accept(decision: OpenedDecision): Standing;
  /** Answers whoever has handed it in. */
  settle(orderId: string, refusal?: Notice): void;
  /** From here on nothing is taken in. */
  close(state: ReviewState): void;
};

const decide = defineUpdate<ReviewStanding, [ReviewCall]>(DECIDE_UPDATE);
const standing = defineQuery<ReviewStanding>(REVIEW_QUERY);

/** Whoever decides learns what came of it; while Trust is away, that it was taken down. */
const ANSWERED_WITHIN = '5 seconds';

export function openDesk(input: ReviewInput, carried: Carried | undefined): ReviewDesk {
  let review = input;
  const expiresAt = () => expiryOf(review.openedAt, review.rules);
  const rulesOf = () => ({ subject: review.subject, secondPerson: review.rules.second_person, decisions });
  const decisions = [...(carried?.decisions ?? [])];
  const known = new Set(carried?.known);
  const waiting: ReviewCall[] = [];
  let current: ReviewCall | undefined;
  const settled = new Map<string, Notice | undefined>();
  let state: ReviewState = standingOf(decisions, review.rules).state;
  const facts = () => ({
    ...rulesOf(),
    closed: isClosed(state),
    expiresAt: expiresAt(),
    known,
    waiting: current === undefined ? waiting : [current, ...waiting],
  });

  const desk: ReviewDesk = {
    adopt: (onRecord) => {
      review = onRecord;
    },
    known: () => [...known],
    decisions: () => decisions,
    state: () => state,
    remindAt: null,
    hasWaiting: () => waiting.length > 0,
    next: async (until) => {
      const patience = until - Date.now();
      if (waiting.length === 0 && patience > 0) await condition(() => waiting.length > 0, patience);
      current = waiting.shift();
      return current;
    },
    review: () => review,
    accept: ({ secondPerson = false, ...decision }) => {
      if (secondPerson) review = { ...review, rules: { ...review.rules, second_person: true } };
      requireNews(decision, rulesOf());
      decisions.push(decision);
      const reached = standingOf(decisions, review.rules);
      state = reached.state;
      return reached;
    },
    settle: (orderId, refusal) => {
      current = undefined;
      settled.set(orderId, refusal);
    },
    close: (last) => {
      state = last;
      for (const { orderId } of waiting.splice(0)) settled.set(orderId, CLOSED);
    },
  };

  const told = (): ReviewStanding => ({
    state,
    decisions,
    expiresAt: new Date(expiresAt()).toISOString(),
    nextReminderAt: desk.remindAt === null || isClosed(state) ? null : new Date(desk.remindAt).toISOString(),
  });
  setHandler(standing, told);
  setHandler(
    decide,
    async (call) => {
      known.add(call.orderId);
      waiting.push(call);
      await condition(() => settled.has(call.orderId), ANSWERED_WITHIN);
      const refusal = settled.get(call.orderId);
      if (refusal !== undefined) throw ApplicationFailure.nonRetryable(refusal.message, refusal.code);
      return told();
    },
    { validator: (call) => asFailure(() => requireCall(call, facts(), Date.now())) },
  );
  return desk;
}

const CLOSED: Notice = { code: 'review_closed', message: 'this review has been decided already' };

function asFailure(check: () => void): void {
  try {
    check();
  } catch (error) {
    throw error instanceof CertusError ? toFailure(error) : error;
  }
}
