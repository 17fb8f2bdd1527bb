import { z } from 'zod';
import { SeverityCounts } from './finding.ts';
import { AssessmentId, ComponentId, TenantId, TestId, WorkspaceId } from './identifiers.ts';
import { ScanState, Verdict } from './scan.ts';
import { ChangeCounts } from './triage.ts';

/** What webhooks receive. Fields may be added; what is here keeps its meaning. */
export const ScanCompleted = z.object({
  event: z.literal('scan.completed'),
  /** The same in every attempt to deliver it: who has seen it before may drop it. */
  delivery_id: z.string(),
  tenant: TenantId,
  workspace_id: WorkspaceId,
  component_id: ComponentId,
  assessment_id: AssessmentId,
  test_id: TestId,
  profile: z.string(),
  status: ScanState,
  /** Null for a scan that did not get as far as a verdict. */
  verdict: Verdict.nullable(),
  findings: SeverityCounts.nullable(),
  changes: ChangeCounts.nullable(),
  completed_at: z.string(),
  /** Where a person sees more; null where nobody said. */
  url: z.string().nullable(),
});
export type ScanCompleted = z.infer<typeof ScanCompleted>;

/** One of those who are told, by its place in the manifest. */
export const NotifyTarget = z.object({
  kind: z.enum(['slack', 'webhook', 'email']),
  /** `slack`, `webhooks.0`, `email.1`. */
  place: z.string(),
  address: z.string(),
});
export type NotifyTarget = z.infer<typeof NotifyTarget>;

/**
 * What became of one notification. `refused` says that another try would not help, `failed` that none of many did, and
 * `not_configured` that this installation cannot send of this kind.
 */
export const Delivery = z.object({
  place: z.string(),
  outcome: z.enum(['delivered', 'refused', 'not_configured', 'failed']),
  /** In a sentence, without the address: it is often a secret. */
  detail: z.string().nullable(),
});
export type Delivery = z.infer<typeof Delivery>;

/** The event as the run knows it; its delivery id is made for each target. */
export const NotifyInput = z.object({
  event: ScanCompleted.omit({ delivery_id: true }),
  targets: z.array(NotifyTarget),
});
export type NotifyInput = z.infer<typeof NotifyInput>;

export const NotifyResult = z.object({ deliveries: z.array(Delivery) });
export type NotifyResult = z.infer<typeof NotifyResult>;
