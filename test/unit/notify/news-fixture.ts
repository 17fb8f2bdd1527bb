import { createNotifyActivities } from '../../../activities/notify/create-notify-activities.ts';
import type { NotifyDeps } from '../../../activities/notify/deps.ts';
import type { NotifyInput, NotifyTarget } from '../../../contracts/notification.ts';

export const EVENT: NotifyInput['event'] = {
  event: 'scan.completed',
  tenant: 'default',
  workspace_id: 'web',
  component_id: 'shop',
  assessment_id: 'default',
  test_id: 'test_0123456789ab',
  profile: 'release',
  status: 'SUCCEEDED',
  verdict: 'failed',
  findings: { critical: 1, high: 0, medium: 2, low: 0, info: 3 },
  changes: { new: 1, unchanged: 2, moved: 1, fixed: 4 },
  completed_at: '2026-06-01T12:00:00.000Z',
  url: 'https://certus.example.org/scans/test_0123456789ab',
};
export const SECRET = Buffer.from('sixteen characters');
const DEPS: NotifyDeps = {
  secret: SECRET,
  mailer: undefined,
  allowedHosts: ['127.0.0.1'],
  now: () => new Date('2026-06-01T12:00:30.900Z'),
};
/** Tells one target about a scan, as the activity does. */
export const deliver = (
  target: Omit<NotifyTarget, 'place'>,
  changes: Partial<NotifyDeps> = {},
  event: Partial<typeof EVENT> = {},
) =>
  createNotifyActivities({ ...DEPS, ...changes }).deliverNotification(
    { ...EVENT, ...event },
    { place: 'here', ...target },
  );
