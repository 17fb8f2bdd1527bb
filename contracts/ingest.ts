import { z } from 'zod';
import { TestId, WorkspaceId } from './identifiers.ts';

/** Golden keys as promotions and listings name them: any object of a run stands for the run. */
export const IngestSecurityRequest = z.strictObject({
  workspace_id: WorkspaceId.default('default'),
  keys: z.array(z.string().min(1).max(1024)).min(1).max(100),
});
export type IngestSecurityRequest = z.infer<typeof IngestSecurityRequest>;

export const IngestSecurityItem = z.object({
  key: z.string(),
  test_id: TestId.nullable(),
  state: z.enum(['indexed', 'running', 'failed']),
  indexed: z.number().int(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export type IngestSecurityItem = z.infer<typeof IngestSecurityItem>;

export const IngestSecurityAnswer = z.object({
  indexed: z.number().int(),
  failed: z.number().int(),
  running: z.number().int(),
  results: z.array(IngestSecurityItem),
});
export type IngestSecurityAnswer = z.infer<typeof IngestSecurityAnswer>;
