import type { Burial, DeletionInput, DeletionProgress } from '../contracts/deletion.ts';
import type { EventType, NewPlatformEvent } from '../contracts/platform-event.ts';

type Run = Pick<DeletionInput, 'scope' | 'testId'>;

export const archivedEvent = (run: Run, component: string | null, at: string): NewPlatformEvent => ({
  ...news(run, 'golden_archived', at),
  data: { workspace_id: run.scope.workspace, test_id: run.testId, component_id: component },
});

/** By codes, and not with the reason: whoever wrote that did not write it for everybody who is told. */
export const deletedEvent = (
  { scope, testId, orderId, bundleDigest }: DeletionInput,
  { component, deletedOn }: Burial,
  left: DeletionProgress['left'],
): NewPlatformEvent => ({
  ...news({ scope, testId }, 'golden_deleted', deletedOn),
  data: {
    workspace_id: scope.workspace,
    test_id: testId,
    component_id: component,
    bundle_digest: bundleDigest,
    order_id: orderId,
    left: left.map(({ code }) => code),
  },
});

const news = ({ scope, testId }: Run, type: EventType, at: string) => ({
  tenant: scope.tenant,
  type,
  about: testId,
  once: `${type}/${scope.workspace}/${testId}`,
  at,
});
