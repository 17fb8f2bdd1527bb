import type { ScheduleView } from '../../contracts/schedule.ts';

export const scheduleRequestExample = {
  cron: ['15 2 * * *'],
  timezone: 'Europe/Berlin',
  jitter_seconds: 900,
  scan: { git_url: 'https://github.com/example/payments.git', branch: 'main' },
};

export const scheduleExample: ScheduleView = {
  workspace_id: 'default',
  component_id: 'payments',
  name: 'nightly',
  cron: ['15 2 * * *'],
  timezone: 'Europe/Berlin',
  jitter_seconds: 900,
  overlap: 'skip',
  paused: false,
  note: null,
  scan: scheduleRequestExample.scan,
  next_runs: ['2026-01-02T01:15:00.000Z'],
  recent_runs: [],
};
