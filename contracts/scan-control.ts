import { z } from 'zod';
import { WorkspaceId } from './identifiers.ts';
import { UploadStatus } from './scan.ts';

const requestedBy = z.string().trim().min(1).max(256).optional();

export const RerunRequest = z.strictObject({
  workspace_id: WorkspaceId.default('default'),
  same_revision: z
    .boolean()
    .default(false)
    .meta({ description: 'Scan the very commit of that scan, and not what its branch points to now.' }),
  requested_by: requestedBy,
});
export type RerunRequest = z.infer<typeof RerunRequest>;

export const CancelRequest = z.strictObject({ workspace_id: WorkspaceId.default('default') });

export const UploadRequest = z.strictObject({
  workspace_id: WorkspaceId.default('default'),
  tier: z.enum(['basic', 'verified']).default('verified').meta({
    description:
      'The least that is asked for; a policy raises it to its own minimum, `verified` when there is none.',
  }),
  requested_by: requestedBy,
});
export type UploadRequest = z.infer<typeof UploadRequest>;

export const UploadAccepted = z.object({
  /** Null until Trust has decided. */
  upload_permission_id: z.string().nullable(),
  upload_status: UploadStatus,
});

const count = z.number().int().min(0);
export const ScanStatistics = z.object({
  total_scans: count,
  scans_by_status: z.object({
    queued: count,
    running: count,
    succeeded: count,
    failed: count,
    cancelled: count,
  }),
  upload_stats: z.object({
    pending: count,
    permitted: count,
    uploaded: count,
    upload_failed: count,
    denied: count,
    quarantined: count,
  }),
  active_streams: count,
  timestamp: z.string(),
});
export type ScanStatistics = z.infer<typeof ScanStatistics>;
