import { z } from 'zod';
import { ComponentId, WorkspaceId } from '../../contracts/identifiers.ts';
import {
  ScheduleList,
  ScheduleName,
  ScheduleRequest,
  ScheduleView,
  scheduledRequest,
} from '../../contracts/schedule.ts';
import type { Principal } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import { invalid } from '../problems.ts';
import { type Route, route } from '../route.ts';
import { scanInput } from '../scans/accepted-scan.ts';
import { acceptSource } from '../scans/source-policy.ts';
import { scheduleExample, scheduleRequestExample } from './examples.ts';
import { listSchedules } from './list-schedules.ts';
import { scanSchedule } from './scan-schedule.ts';
import { scheduleControls } from './schedule-controls.ts';
import { idOf, type ScheduleKey } from './schedule-ids.ts';
import { describeSchedule, putSchedule, removeSchedule } from './schedule-store.ts';
import { scheduleView } from './schedule-view.ts';

type Deps = Pick<ApiDeps, 'temporal' | 'settings'>;

const PATH = '/v1/schedules/{component_id}/{name}';
const Params = z.object({ component_id: ComponentId, name: ScheduleName });
const InWorkspace = z.strictObject({ workspace_id: WorkspaceId.default('default') });
const View = ScheduleView.meta({ id: 'Schedule' });
const shown = { description: 'The schedule.', schema: View, example: scheduleExample };

/** Scans on a cadence. Temporal keeps the schedules and starts what is due, whether this API runs or not. */
export function scheduleRoutes(deps: Deps): Route[] {
  return [list(deps), put(deps), show(deps), remove(deps), ...controls(deps)];
}

const keyOf = (
  principal: Principal,
  workspace: string,
  { component_id, name }: z.infer<typeof Params>,
): ScheduleKey => ({ scope: { tenant: principal.tenant, workspace }, component: component_id, name });

const list = ({ temporal }: Deps) =>
  route({
    method: 'get',
    path: '/v1/schedules',
    id: 'listSchedules',
    summary: 'Schedules of a workspace',
    tag: 'schedules',
    auth: 'token',
    query: InWorkspace.extend({ component_id: ComponentId.optional() }),
    answers: {
      200: {
        description: 'By component and name.',
        schema: ScheduleList.extend({ schedules: z.array(View) }).meta({ id: 'ScheduleList' }),
        example: { schedules: [scheduleExample] },
      },
    },
    errors: ['invalid_request', 'dependency_unavailable'],
    handle: async ({ principal, query: { workspace_id, component_id } }) => {
      const scope = { tenant: principal.tenant, workspace: workspace_id };
      const found = await listSchedules(temporal, scope, component_id);
      return { status: 200, body: { schedules: found.map(scheduleView) } };
    },
  });

const put = ({ temporal, settings }: Deps) =>
  route({
    method: 'put',
    path: PATH,
    id: 'putSchedule',
    summary: 'Scan a component on a cadence',
    description: 'Creates the schedule, or replaces it; runs that it has started go on.',
    tag: 'schedules',
    auth: 'token',
    params: Params,
    body: {
      schema: ScheduleRequest.meta({ id: 'ScheduleRequest' }),
      examples: { nightly: scheduleRequestExample },
    },
    answers: { 200: shown, 201: { ...shown, description: 'Created.' } },
    errors: ['invalid_request', 'unknown_profile', 'source_not_allowed', 'dependency_unavailable'],
    handle: async ({ principal, params, body }) => {
      const request = scheduledRequest(body, params.component_id);
      if (!request.success)
        throw invalid(
          request.error.issues.map(({ path, message }) => ({ path: ['scan', ...path].join('.'), message })),
        );
      const source = await acceptSource(request.data, settings);
      const {
        testId: _testId,
        requestedAt: _at,
        ...plan
      } = scanInput(principal, request.data, source, undefined, new Date());
      const key = keyOf(principal, body.workspace_id, params);
      const { created } = await putSchedule(temporal, scanSchedule(key, body, plan));
      return { status: created ? 201 : 200, body: scheduleView(await describeSchedule(temporal, idOf(key))) };
    },
  });

const show = ({ temporal }: Deps) =>
  route({
    method: 'get',
    path: PATH,
    id: 'getSchedule',
    summary: 'One schedule, with its last and next runs',
    tag: 'schedules',
    auth: 'token',
    params: Params,
    query: InWorkspace,
    answers: { 200: shown },
    errors: ['invalid_request', 'not_found', 'dependency_unavailable'],
    handle: async ({ principal, params, query }) => {
      const key = keyOf(principal, query.workspace_id, params);
      return { status: 200, body: scheduleView(await describeSchedule(temporal, idOf(key))) };
    },
  });

const remove = ({ temporal }: Deps) =>
  route({
    method: 'delete',
    path: PATH,
    id: 'removeSchedule',
    summary: 'Give up a schedule',
    description: 'Runs that it has started go on. Removing what is not there is a success.',
    tag: 'schedules',
    auth: 'token',
    params: Params,
    query: InWorkspace,
    answers: { 204: { description: 'There is no such schedule any more.' } },
    errors: ['invalid_request', 'dependency_unavailable'],
    handle: async ({ principal, params, query }) => {
      await removeSchedule(temporal, idOf(keyOf(principal, query.workspace_id, params)));
      return { status: 204 };
    },
  });

const controls = ({ temporal }: Deps) =>
  scheduleControls(temporal, {
    ...{ path: PATH, noun: 'Schedule', tag: 'schedules', params: Params, shown },
    actions: ['pause', 'resume', 'run'],
    find: async (principal, workspace, params) => {
      const id = idOf(keyOf(principal, workspace, params));
      return { id, view: async () => scheduleView(await describeSchedule(temporal, id)) };
    },
  });
