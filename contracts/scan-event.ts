import { z } from 'zod';
import { WorkspaceId } from './identifiers.ts';

/** What a run tells while it goes on, in order; the whole of it becomes the bundle's `stream.jsonl`. */
export const ScanEventType = z.enum([
  'phase',
  'manifest',
  'tool_start',
  'log',
  'tool_complete',
  'error',
  'scan_complete',
]);
export type ScanEventType = z.infer<typeof ScanEventType>;

/** What a writer gives; its place in the stream is the store's to say. */
export const NewScanEvent = z.object({
  type: ScanEventType,
  /** ISO 8601. */
  at: z.string(),
  data: z.record(z.string(), z.unknown()),
});
export type NewScanEvent = z.infer<typeof NewScanEvent>;

/** One event as a subscriber gets it: `{seq, type, timestamp (seconds since the epoch), …data}`. */
export const ScanEvent = z.looseObject({
  seq: z.number().int().min(1),
  type: ScanEventType,
  timestamp: z.number(),
});
export type ScanEvent = z.infer<typeof ScanEvent>;

/** A place in a run's stream: everything up to it has been read. */
export const StreamPlace = z.coerce.number().int().min(0).max(2_147_483_647);

export const ScanEventParameters = z.strictObject({
  workspace_id: WorkspaceId.default('default'),
  after: StreamPlace.optional().meta({ description: 'Only what comes after this `seq`.' }),
  limit: z.coerce.number().int().min(1).max(1000).default(500).meta({ description: 'Of a page.' }),
  wait: z.coerce
    .number()
    .min(0)
    .max(30)
    .default(0)
    .meta({ description: 'Seconds a page may wait for its first event.' }),
});

export const ScanEventPage = z.object({
  events: z.array(ScanEvent),
  /** What to ask for next as `after`. */
  next: z.number().int(),
  /** Nothing will follow. */
  ended: z.boolean(),
});
export type ScanEventPage = z.infer<typeof ScanEventPage>;
