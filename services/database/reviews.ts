import { z } from 'zod';
import { AssessmentId, type Scope } from '../../contracts/identifiers.ts';
import { Inspection, ReviewRules } from '../../contracts/privacy.ts';
import { ReviewDecision, type ReviewInput, ReviewState, ReviewSubject } from '../../contracts/review.ts';
import { subjectDigest } from '../../contracts/review-subject.ts';
import { expiryOf } from '../../contracts/review-times.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import type { Prisma } from './generated/client.ts';
import { storable } from './storable.ts';

/** What was found in what is held: kinds and places, no values. */
const Found = Inspection.pick({ kinds: true, places: true, opaque: true });
export type Found = z.infer<typeof Found>;

/** What the table says of a review. A release is one only with the signed orders of its decisions. */
export type ReviewRecord = {
  readonly scope: Scope;
  readonly id: string;
  readonly component: string;
  readonly assessment: string;
  readonly subject: ReviewSubject;
  /** The document, or the run. */
  readonly name: string;
  /** Of the document, or of the bundle. */
  readonly digest: string;
  readonly testId: string | null;
  readonly found: Found;
  readonly rules: ReviewRules;
  readonly state: ReviewState;
  readonly decisions: readonly ReviewDecision[];
  readonly releasedAs: string | null;
  readonly openedAt: Date;
  readonly expiresAt: Date;
  readonly closedAt: Date | null;
};

/**
 * Inserts the review unless it is there, and returns the row in force. One that could not be brought to an end begins anew, and
 * so does `over`, which whoever calls this has seen to lead nowhere any more.
 */
export async function openReview(
  database: Database,
  input: ReviewInput,
  found: Found,
  over?: ReviewRecord,
): Promise<ReviewRecord> {
  const { client } = database;
  const { tenant, workspace } = input.scope;
  const row = storable({ ...fresh(input, found), tenant, workspace, id: input.id });
  await reachable(client.review.createMany({ data: [row], skipDuplicates: true }));
  const record = await findReview(database, input.scope, input.id);
  const ended = record?.state === 'failed' ? record : over;
  if (ended === undefined) return existing(record, input.id);
  const again = storable({ ...fresh(input, found), releasedAs: null, closedAt: null });
  const where = { tenant, workspace, id: input.id, state: ended.state, openedAt: ended.openedAt };
  await reachable(client.review.updateMany({ where, data: again }));
  return existing(await findReview(database, input.scope, input.id), input.id);
}

export async function findReview(
  { client }: Pick<Database, 'client'>,
  { tenant, workspace }: Scope,
  id: string,
): Promise<ReviewRecord | undefined> {
  const key = { tenant_workspace_id: { tenant, workspace, id } };
  const row = await reachable(client.review.findUnique({ where: key }));
  return row === null ? undefined : recordOf(row);
}

export type ReviewCursor = { readonly openedAt: Date; readonly id: string };

/** Oldest first: what waits longest is decided about next. */
export async function listReviews(
  { client }: Database,
  { tenant, workspace }: Scope,
  asked: {
    readonly states?: readonly ReviewState[] | undefined;
    readonly limit: number;
    readonly after?: ReviewCursor | undefined;
  },
): Promise<{ readonly reviews: ReviewRecord[]; readonly next: ReviewCursor | undefined }> {
  const { states, limit, after } = asked;
  const rows = await reachable(
    client.review.findMany({
      where: {
        tenant,
        workspace,
        ...(states === undefined ? {} : { state: { in: [...states] } }),
        ...(after === undefined
          ? {}
          : {
              OR: [{ openedAt: { gt: after.openedAt } }, { openedAt: after.openedAt, id: { gt: after.id } }],
            }),
      },
      orderBy: [{ openedAt: 'asc' }, { id: 'asc' }],
      take: limit + 1,
    }),
  );
  const reviews = rows.slice(0, limit).map(recordOf);
  const last = rows.length > limit ? reviews.at(-1) : undefined;
  return { reviews, next: last && { openedAt: last.openedAt, id: last.id } };
}

/** How many of what was held back in a run wait for a person. */
export const waitingReviews = (
  { client }: Database,
  { tenant, workspace }: Scope,
  testId: string,
): Promise<number> =>
  reachable(
    client.review.count({ where: { tenant, workspace, testId, state: { in: ['open', 'second_person'] } } }),
  );

export type ReviewChange = Pick<ReviewRecord, 'state' | 'decisions' | 'releasedAs' | 'closedAt'> &
  Partial<Pick<ReviewRecord, 'rules'>>;

/** What is closed stays as it is: a step that comes late, or comes twice, changes nothing any more. */
export async function updateReview(
  { client }: Database,
  { tenant, workspace }: Scope,
  id: string,
  { decisions, ...change }: ReviewChange,
): Promise<void> {
  const data = { ...storable(change), decisions: storable(decisions) as Prisma.InputJsonArray };
  const where = { tenant, workspace, id, closedAt: null };
  await reachable(client.review.updateMany({ where, data }));
}

/** As the workflow of the review is given it. */
export const reviewInputOf = (record: ReviewRecord): ReviewInput => ({
  scope: record.scope,
  id: record.id,
  component: record.component,
  assessment: record.assessment,
  testId: record.testId,
  subject: record.subject,
  found: { kinds: record.found.kinds, opaque: record.found.opaque },
  rules: record.rules,
  openedAt: record.openedAt.toISOString(),
});

/** The table has no column for the assessment, which only the run of a release asks for. */
const Stored = z.object({ assessment: AssessmentId, subject: ReviewSubject });

const fresh = (input: ReviewInput, found: Found) => {
  const { component, assessment, testId, subject, rules, openedAt } = input;
  return {
    component,
    kind: subject.kind,
    name: subject.kind === 'document' ? subject.document.name : (testId ?? ''),
    subject: { assessment, subject },
    digest: subjectDigest(subject),
    testId,
    inspection: Found.parse(found),
    rules,
    state: 'open',
    decisions: [],
    openedAt: new Date(openedAt),
    expiresAt: new Date(expiryOf(openedAt, rules)),
  };
};

type Row = Prisma.ReviewGetPayload<Record<string, never>>;

function recordOf({ tenant, workspace, kind: _, subject, inspection, ...row }: Row): ReviewRecord {
  return {
    ...row,
    ...Stored.parse(subject),
    scope: { tenant, workspace },
    found: Found.parse(inspection),
    rules: ReviewRules.parse(row.rules),
    state: ReviewState.parse(row.state),
    decisions: ReviewDecision.array().parse(row.decisions),
  };
}

function existing(record: ReviewRecord | undefined, id: string): ReviewRecord {
  if (record === undefined) throw new Error(`the review ${id} was recorded and is not there`);
  return record;
}
