import { z } from 'zod';
import { ComponentId, WorkspaceId } from './identifiers.ts';
import { ScanCreateRequest } from './scan.ts';

/** What happens when a scan is due while the one before it still goes on. */
export const Overlap = z.enum(['skip', 'buffer_one', 'cancel_other', 'allow_all']);
export type Overlap = z.infer<typeof Overlap>;

export const ScheduleName = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'a name is 1 to 63 lower-case letters, digits or "-"');

/** Five fields, or one of the names that cron knows; Temporal refuses what is in none of them. */
const Cron = z
  .string()
  .max(256)
  .regex(/^(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|\S+( \S+){4})$/, 'five fields of cron');

/** Under every name that the zone has had; offsets are none, since they know no summer. */
const Timezone = z
  .string()
  .max(64)
  .regex(/^[A-Za-z][A-Za-z0-9_+/-]*$/, 'no such time zone')
  .refine(isTimezone, 'no such time zone');

function isTimezone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

const cadence = {
  cron: z.array(Cron).min(1).max(10),
  timezone: Timezone.default('UTC'),
  jitter_seconds: z.number().int().min(0).max(86_400).default(0).meta({
    description: 'Each start is put off by up to this, so that not all of them fall on the full hour.',
  }),
  overlap: Overlap.default('skip'),
  paused: z.boolean().default(false),
  note: z.string().max(1000).optional(),
};

/** When something is to happen again and again. */
export const Cadence = z.strictObject(cadence);
export type Cadence = z.infer<typeof Cadence>;

/** A component's scans on a cadence. `scan` is what would be posted to start one, without whose it is. */
export const ScheduleRequest = z.strictObject({
  workspace_id: WorkspaceId.default('default'),
  ...cadence,
  scan: z.record(z.string(), z.unknown()).meta({
    description: 'The body of POST /v1/security-scans without workspace_id and component_id.',
  }),
});
export type ScheduleRequest = z.infer<typeof ScheduleRequest>;

/** `scan` again, held against what a scan may be asked for. */
export const scheduledRequest = (
  request: ScheduleRequest,
  component: string,
): z.ZodSafeParseResult<ScanCreateRequest> =>
  ScanCreateRequest.safeParse({
    ...request.scan,
    workspace_id: request.workspace_id,
    component_id: component,
  });

export const ScheduleView = z.object({
  workspace_id: WorkspaceId,
  component_id: ComponentId,
  name: ScheduleName,
  cron: z.array(z.string()),
  timezone: z.string(),
  jitter_seconds: z.number().int(),
  overlap: Overlap,
  paused: z.boolean(),
  note: z.string().nullable(),
  scan: z.record(z.string(), z.unknown()),
  next_runs: z.array(z.string()),
  recent_runs: z.array(
    z.object({ scheduled_at: z.string(), started_at: z.string(), workflow_id: z.string() }),
  ),
});
export type ScheduleView = z.infer<typeof ScheduleView>;

export const ScheduleList = z.object({ schedules: z.array(ScheduleView) });

/** A schedule may be due every minute: what is made up for at once must stay something a worker can come to the end of. */
const MOST_BACKFILLED = 31 * 24 * 60 * 60 * 1000;

export const BackfillRequest = z
  .strictObject({
    workspace_id: WorkspaceId.default('default'),
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    overlap: Overlap.default('buffer_one'),
  })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), {
    path: ['to'],
    message: 'must be later than from',
  })
  .refine(({ from, to }) => Date.parse(to) - Date.parse(from) <= MOST_BACKFILLED, {
    path: ['to'],
    message: 'is more than 31 days after from',
  });
export type BackfillRequest = z.infer<typeof BackfillRequest>;

export const ScheduleAction = z.strictObject({
  workspace_id: WorkspaceId.default('default'),
  note: z.string().max(1000).optional(),
});
