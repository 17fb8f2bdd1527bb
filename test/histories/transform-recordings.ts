import type { Client, WorkflowHandle } from '@temporalio/client';
import { CertusError } from '../../contracts/errors.ts';
import type { PromotionInput } from '../../contracts/promotion.ts';
import { promotionWorkflowId, WORKFLOWS, workflowId } from '../../contracts/workflow-names.ts';
import type { ScanInput } from '../../contracts/workflows.ts';
import { taskQueue } from '../../contracts/zones.ts';
import { PERMIT_ID, untilCancelled } from '../workflow/fakes.ts';
import { DIGEST, held, order } from '../workflow/review-fakes.ts';
import { ALL_PROMOTED, POLICY, type TransformFakes, transformFakes } from '../workflow/transform-fakes.ts';
import type { Recording } from './recording.ts';

type Transform = TransformFakes['transform'];

const UPLOAD = { tenant: 'default', workspace: 'web', uploadId: `upload_${'1'.repeat(32)}` };
const NEWS = { tenant: 'default', eventId: '7', round: 0 };
const LOOK = {
  tenant: 'default',
  workspace: 'web',
  id: `privacy_${'1'.repeat(24)}`,
  prefix: null,
  testId: null,
  dryRun: false,
  requestedBy: 'ada',
};

/** What comes to golden, or is looked into or told, and waits for nobody. */
export const TRANSFORM_RECORDINGS: readonly Recording[] = [
  published('publish-logged'),
  published('publish-indexed'),
  promotion('promotion', () => fakes()),
  promotion('promotion-indexed', () => fakes()),
  promotion('promotion-golden', () => fakes(), { destinations: ['golden'] }),
  promotion('promotion-withheld', () => fakes(withholding())),
  { ...promotion('promotion-continued', () => fakes(withholding())), short: true, first: true },
  { ...promotion('promotion-continuation', () => fakes(withholding())), short: true },
  promotion('promotion-denied', denied),
  promotion('promotion-refused', refused),
  promotion('promotion-failed', () => fakes({ finishPromotion: altered })),
  { ...promotion('promotion-cancelled', () => fakes(placingForLong())), start: cancelPlacing },
  alone('privacy-scan', WORKFLOWS.privacyScan, [LOOK], () => fakes({ inspectPage: pages(3) })),
  alone('privacy-scan-continuation', WORKFLOWS.privacyScan, [LOOK], () => fakes({ inspectPage: pages(7) })),
  {
    ...alone('privacy-scan-continued', WORKFLOWS.privacyScan, [LOOK], () => fakes({ inspectPage: pages(7) })),
    first: true,
  },
  alone('privacy-scan-failed', WORKFLOWS.privacyScan, [LOOK], () => fakes({ inspectPage: altered })),
  alone('receive-upload', WORKFLOWS.receiveUpload, [UPLOAD]),
  alone('upload-sweep', WORKFLOWS.uploadSweep),
  alone('announce', WORKFLOWS.announce, [NEWS]),
  alone('announce-failed', WORKFLOWS.announce, [NEWS], () => fakes({ deliverEvent: oneIsGone })),
];

function fakes(changes: Partial<Transform> = {}): TransformFakes {
  const { transform, ...others } = transformFakes(held(1, Date.now()), new Map(), '');
  return { ...others, transform: { ...transform, ...changes } };
}

export function startPublication(client: Client, input: ScanInput): Promise<WorkflowHandle> {
  const { scope, component, assessment, testId } = input;
  const bundle = { prefix: `default/web/security-scans/${testId}/incoming/`, digest: DIGEST };
  return client.workflow.start(WORKFLOWS.publish, {
    taskQueue: taskQueue('transform'),
    workflowId: workflowId('publish', input),
    args: [{ scope, component, assessment, testId, bundle, permitId: PERMIT_ID }],
  });
}

function published(name: string): Recording {
  return {
    name,
    activities: () => fakes(),
    of: (input) => workflowId('publish', input),
    start: async (client, input) => {
      await startPublication(client, input);
    },
  };
}

function promotion(
  name: string,
  activities: Recording['activities'],
  asked: Partial<PromotionInput> = {},
): Recording {
  return {
    name,
    activities,
    of: (input) => promotionWorkflowId('web', documentsOf(input)),
    start: async (client, input) => {
      await startPromotion(client, input, asked);
    },
  };
}

const documentsOf = ({ testId }: ScanInput): string =>
  `docs_${testId.slice('test_'.length).padStart(24, '0')}`;

function startPromotion(
  client: Client,
  input: ScanInput,
  asked: Partial<PromotionInput>,
): Promise<WorkflowHandle> {
  const testId = documentsOf(input);
  const promoted: PromotionInput = {
    scope: input.scope,
    component: 'papers',
    assessment: 'documents',
    testId,
    orderId: order(1),
    destinations: ['golden', 'oci'],
    requestedBy: 'ada',
    ...asked,
  };
  return client.workflow.start(WORKFLOWS.promotion, {
    taskQueue: taskQueue('transform'),
    workflowId: promotionWorkflowId('web', testId),
    args: [promoted],
  });
}

/** Of the first page something is held back; who is asked about it does not answer, and nobody else wants to know. */
function withholding(): Partial<Transform> {
  const review = held(Date.now(), Date.now());
  return {
    placeDocuments: async ({ from }) =>
      from === 0
        ? { next: 1000, policy: POLICY, reviews: [review.id] }
        : { next: null, policy: POLICY, reviews: [] },
    reviewsToStart: async () => [review],
    finishPromotion: async () => ({ ...ALL_PROMOTED, withheld: 1, changed: 1 }),
    recordPlatformEvent: async () => ({ eventId: '7', wanted: false }),
  };
}

function denied(): TransformFakes {
  const { trust, ...others } = fakes();
  const decidePermit = async () => ({ permitId: PERMIT_ID, permitted: false, reason: 'policy_violation' });
  return { ...others, trust: { ...trust, decidePermit } };
}

function refused(): TransformFakes {
  const { trust, ...others } = fakes();
  const carryOut: TransformFakes['trust']['carryOut'] = async () => ({
    state: 'refused',
    code: 'order_expired',
    message: 'it was given too long ago',
  });
  return { ...others, trust: { ...trust, carryOut } };
}

const placing = Promise.withResolvers<void>();
const placingForLong = (): Partial<Transform> => ({ placeDocuments: untilCancelled(placing.resolve) });

async function cancelPlacing(client: Client, input: ScanInput): Promise<void> {
  const handle = await startPromotion(client, input, {});
  await placing.promise;
  await handle.cancel();
}

const altered = (): Promise<never> =>
  Promise.reject(new CertusError('digest_mismatch', 'it does not hold what its list says'));

/** So many pages, on the first of which something is held back. */
function pages(count: number): Transform['inspectPage'] {
  const now = Date.now();
  return async (_, { ordinal }) => ({
    next: ordinal + 1 < count ? { after: `name ${ordinal}`, ordinal: ordinal + 1 } : null,
    reviews: ordinal === 0 ? [held(now + count, now)] : [],
  });
}

const oneIsGone: Transform['deliverEvent'] = async ({ subscriptionId }) => {
  if (subscriptionId.endsWith('2')) throw new CertusError('not_found', 'nobody lives at this address');
};

/** Started by itself, under the name of its history. */
export function alone(
  name: string,
  type: string,
  args: readonly object[] = [],
  activities: Recording['activities'] = () => fakes(),
): Recording {
  return {
    name,
    activities,
    of: () => name,
    start: async (client) => {
      const options = { taskQueue: taskQueue('transform'), workflowId: name, args: [...args] };
      await client.workflow.start(type, options);
    },
  };
}
