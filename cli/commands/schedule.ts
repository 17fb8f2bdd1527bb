import { ScheduleList, ScheduleView } from '../../contracts/schedule.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { query } from '../query.ts';
import { scanTarget } from '../scan-target.ts';

type InWorkspace = { readonly workspace: string };

const pathOf = (component: string, name: string) =>
  `/v1/schedules/${encodeURIComponent(component)}/${encodeURIComponent(name)}`;

export async function listSchedules(
  { api, output }: Context,
  { workspace, component }: InWorkspace & { readonly component?: string },
): Promise<ExitCode> {
  const list = await api().get(
    `/v1/schedules${query({ workspace_id: workspace, component_id: component })}`,
    ScheduleList,
  );
  output.result(list, () => output.table(COLUMNS, list.schedules.map(row)));
  return EXIT.ok;
}

const COLUMNS = ['COMPONENT', 'NAME', 'CRON', 'TIMEZONE', 'STATE', 'NEXT RUN'];

const row = (schedule: ScheduleView): string[] => [
  schedule.component_id,
  schedule.name,
  schedule.cron.join(' | '),
  schedule.timezone,
  schedule.paused ? 'paused' : 'active',
  schedule.next_runs[0] ?? '-',
];

export async function showSchedule(
  context: Context,
  component: string,
  name: string,
  { workspace }: InWorkspace,
): Promise<ExitCode> {
  const path = `${pathOf(component, name)}${query({ workspace_id: workspace })}`;
  return shown(context, await context.api().get(path, ScheduleView));
}

function shown({ output }: Context, schedule: ScheduleView): ExitCode {
  output.result(schedule, () => {
    output.table(COLUMNS, [row(schedule)]);
    for (const { scheduled_at, workflow_id } of schedule.recent_runs)
      output.line(`  ${scheduled_at}  ${workflow_id}`);
  });
  return EXIT.ok;
}

type Put = InWorkspace & {
  readonly source: string;
  readonly cron: readonly string[];
  readonly timezone: string;
  readonly jitter: string;
  readonly overlap: string;
  readonly profile?: string;
  readonly branch?: string;
  readonly paused?: boolean;
};

export async function putSchedule(
  context: Context,
  component: string,
  name: string,
  options: Put,
): Promise<ExitCode> {
  const target = scanTarget(options.source, context.workingDirectory, false);
  const body = {
    workspace_id: options.workspace,
    cron: options.cron,
    timezone: options.timezone,
    jitter_seconds: Number(options.jitter),
    overlap: options.overlap,
    paused: options.paused ?? false,
    scan: { ...target.source, profile: options.profile, branch: options.branch },
  };
  return shown(context, await context.api().put(pathOf(component, name), body, ScheduleView));
}

const acting =
  (action: 'pause' | 'resume' | 'run' | 'backfill') =>
  async (
    context: Context,
    component: string,
    name: string,
    { workspace, from, to }: InWorkspace & { readonly from?: string; readonly to?: string },
  ): Promise<ExitCode> => {
    const body = { workspace_id: workspace, ...(action === 'backfill' ? { from, to } : {}) };
    return shown(
      context,
      await context.api().post(`${pathOf(component, name)}/${action}`, body, ScheduleView),
    );
  };

export const pauseSchedule = acting('pause');
export const resumeSchedule = acting('resume');
export const runSchedule = acting('run');
export const backfillSchedule = acting('backfill');

export async function removeSchedule(
  { api, output }: Context,
  component: string,
  name: string,
  { workspace }: InWorkspace,
): Promise<ExitCode> {
  await api().remove(`${pathOf(component, name)}${query({ workspace_id: workspace })}`);
  output.result({ removed: true }, () => output.line(`${component}/${name} is gone`));
  return EXIT.ok;
}
