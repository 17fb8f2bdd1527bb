import { setTimeout } from 'node:timers/promises';
import {
  type Client,
  type WorkflowHandle,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import type { ReviewRules } from '../../contracts/privacy.ts';
import type { ReviewCall, ReviewDecision, ReviewInput, ReviewStanding } from '../../contracts/review.ts';
import {
  DECIDE_UPDATE,
  promotionWorkflowId,
  REVIEW_QUERY,
  reviewWorkflowId,
  WORKFLOWS,
  workflowId,
} from '../../contracts/workflow-names.ts';
import type { ScanInput } from '../../contracts/workflows.ts';
import { taskQueue } from '../../contracts/zones.ts';
import { DIGEST, evidence, held, order } from '../workflow/review-fakes.ts';
import { type TransformFakes, transformFakes } from '../workflow/transform-fakes.ts';
import type { Recording } from './recording.ts';
import { startPublication } from './transform-recordings.ts';

/** What is really signed under the order of its place; the calls say that it was Ada first, and Bob ever after. */
type Words = readonly Pick<ReviewDecision, 'by' | 'verdict'>[];

const ADA = { by: 'ada', verdict: 'release' } as const;
const RELEASED: Words = [ADA];
const REJECTED: Words = [{ by: 'ada', verdict: 'reject' }];
/** Ada tries to be two. */
const SECOND_PERSON: Words = [ADA, ADA, { ...ADA, by: 'bob' }];
const BOTH: Words = [ADA, { ...ADA, by: 'bob' }];
const HOURS_OF_A_SECOND = 1 / 3600;
const OFTEN_REMINDED = {
  remind_after_hours: 2 * HOURS_OF_A_SECOND,
  expires_after_hours: 200 * HOURS_OF_A_SECOND,
  second_person: true,
};

/** What waits for people, and what comes of it once they have decided. */
export const REVIEW_RECORDINGS: readonly Recording[] = [
  review('review-released', SECOND_PERSON, { second_person: true }),
  review('review-rejected', REJECTED),
  review('review-expired', [], {
    remind_after_hours: 2 * HOURS_OF_A_SECOND,
    expires_after_hours: 5 * HOURS_OF_A_SECOND,
  }),
  { ...continued('review-continued'), first: true },
  continued('review-continuation'),
  { ...review('review-cancelled', []), start: cancelled },
  {
    ...review('promotion-released', SECOND_PERSON, { second_person: true }),
    of: (input) => promotionWorkflowId('web', releasedAs(input)),
  },
  heldPublication('publish-released', RELEASED),
  heldPublication('publish-rejected', REJECTED),
  { ...heldPublication('publish-held-cancelled', []), start: cancelHeld },
];

function review(name: string, words: Words, rules: Partial<ReviewRules> = {}): Recording {
  return {
    name,
    activities: (input) => zones(input, words, document(input, rules)),
    of: (input) => reviewWorkflowId('web', document(input).id),
    start: async (client, input) => {
      const asked = document(input, rules);
      await open(client, asked);
      await decide(client, asked, words);
    },
  };
}

const number = ({ testId }: ScanInput): number => Number.parseInt(testId.slice('test_'.length), 16);
const releasedAs = (input: ScanInput): string => `docs_${number(input).toString(16).padStart(24, '0')}`;
const document = (input: ScanInput, rules: Partial<ReviewRules> = {}): ReviewInput =>
  held(number(input), Date.parse(input.requestedAt), rules);

function zones(input: ScanInput, words: Words, asked: ReviewInput): TransformFakes {
  const said = { reason: 'because', at: input.requestedAt };
  const signed = new Map(words.map((word, at) => [order(at + 1), { ...said, ...word }]));
  return transformFakes(asked, signed, releasedAs(input));
}

const open = (client: Client, asked: ReviewInput): Promise<WorkflowHandle> =>
  client.workflow.start(WORKFLOWS.review, {
    taskQueue: taskQueue('transform'),
    workflowId: reviewWorkflowId('web', asked.id),
    args: [asked],
  });

async function decide(client: Client, { id }: ReviewInput, words: Words, known = 0): Promise<void> {
  for (const [at, { verdict }] of words.entries()) {
    if (at < known) continue;
    const by = at === 0 ? 'ada' : 'bob';
    const call: ReviewCall = { orderId: order(at + 1), by, verdict, subjectDigest: DIGEST };
    await handIn(client.workflow.getHandle(reviewWorkflowId('web', id)), call);
  }
}

/** Whoever publishes has the review begun in its own time. */
async function handIn(handle: WorkflowHandle, call: ReviewCall): Promise<void> {
  try {
    await handle.executeUpdate(DECIDE_UPDATE, { args: [call] });
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) return; // the history tells
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    await setTimeout(100);
    await handIn(handle, call);
  }
}

/** One history takes down the one, and another one the other. */
function continued(name: string): Recording {
  return {
    ...review(name, BOTH, OFTEN_REMINDED),
    short: true,
    start: async (client, input) => {
      const asked = document(input, OFTEN_REMINDED);
      const handle = await open(client, asked);
      const { runId } = await handle.describe();
      await decide(client, asked, BOTH.slice(0, 1));
      const latest = () => client.workflow.getHandle(handle.workflowId).describe();
      while ((await latest()).runId === runId) await setTimeout(100);
      await decide(client, asked, BOTH, 1);
    },
  };
}

async function cancelled(client: Client, input: ScanInput): Promise<void> {
  const handle = await open(client, document(input));
  await untilItWaits(handle);
  await handle.cancel();
}

async function cancelHeld(client: Client, input: ScanInput): Promise<void> {
  const handle = await startPublication(client, input);
  await untilItWaits(client.workflow.getHandle(reviewWorkflowId('web', document(input).id)));
  await handle.cancel();
}

async function untilItWaits(review: WorkflowHandle): Promise<void> {
  const waits = async () => (await review.query<ReviewStanding>(REVIEW_QUERY)).nextReminderAt !== null;
  while (!(await waits().catch(unlessNotBegun))) await setTimeout(100);
}

function unlessNotBegun(error: unknown): false {
  if (!(error instanceof WorkflowNotFoundError)) throw error;
  return false;
}

function heldPublication(name: string, words: Words): Recording {
  const held = (input: ScanInput): ReviewInput => ({ ...evidence(document(input)), testId: input.testId });
  return {
    name,
    activities: (input) => {
      const fakes = zones(input, words, held(input));
      const promote: TransformFakes['transform']['promote'] = async (bundle, decided) =>
        decided === undefined ? { held: held(input) } : fakes.transform.promote(bundle, decided);
      return { ...fakes, transform: { ...fakes.transform, promote } };
    },
    of: (input) => workflowId('publish', input),
    start: async (client, input) => {
      await startPublication(client, input);
      await decide(client, held(input), words);
    },
  };
}
