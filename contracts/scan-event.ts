import { z } from 'zod';

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
