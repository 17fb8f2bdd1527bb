import { z } from 'zod';
import { ComponentId, Scope, Sha256, TestId, WorkspaceId } from './identifiers.ts';

/** A golden copy whose files are to go: by an order, or, without one, because its time is over. */
export const DeletionInput = z.object({
  scope: Scope,
  testId: TestId,
  bundleDigest: Sha256,
  orderId: z.string().nullable(),
});
export type DeletionInput = z.infer<typeof DeletionInput>;

/** What is said of a copy once its tombstone stands: of which component it was, and since when it is gone. */
export const Burial = z.object({ component: ComponentId, deletedOn: z.string(), reason: z.string() });
export type Burial = z.infer<typeof Burial>;

export const Cleared = z.object({
  removed: z.number().int(),
  /** Documents that other runs brought to golden as well: what they were made of stays. */
  shared: z.number().int(),
  /** Locked by the store, until this time. */
  retained: z.number().int(),
  retainedUntil: z.string().nullable(),
});
export type Cleared = z.infer<typeof Cleared>;

export const DeletionState = z.enum(['asked', 'waiting', 'deleting', 'deleted', 'refused']);

/** How far a deletion is. */
export const DeletionProgress = z.object({
  state: DeletionState,
  /** While it waits: when the store's lock ends. */
  until: z.iso.datetime().nullable(),
  removed: z.number().int(),
  /** Of what is still there: the registry's blobs, what others share. */
  left: z.array(z.object({ code: z.string(), message: z.string() })),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export type DeletionProgress = z.infer<typeof DeletionProgress>;

const WithReason = z.strictObject({
  workspace_id: WorkspaceId.default('default'),
  reason: z.string().min(1).max(1000),
});
export const DeletionRequest = WithReason.extend({
  /** Of the copy that is meant, so that nobody deletes another one than they looked at. */
  bundle_digest: Sha256,
});
export const HoldRequest = WithReason.extend({ hold: z.boolean() });

export const DeletionView = DeletionProgress.extend({ test_id: TestId, workspace_id: WorkspaceId });
export type DeletionView = z.infer<typeof DeletionView>;
