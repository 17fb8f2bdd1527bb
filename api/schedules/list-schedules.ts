import type { Client, ScheduleDescription } from '@temporalio/client';
import type { Scope } from '../../contracts/identifiers.ts';
import { SEARCH_ATTRIBUTES } from '../../contracts/zones.ts';
import { invalid } from '../problems.ts';
import { bounded, persistently, unlessGone } from './ask-temporal.ts';
import { prefixOf } from './schedule-ids.ts';

/** As many as anybody reads; whoever has more narrows them by component. */
const MOST = 500;
/** Each takes a question of its own to Temporal. */
const AT_ONCE = 10;

/** Those of a workspace, or of one of its components. */
export async function listSchedules(
  temporal: Client,
  scope: Scope,
  component: string | undefined,
): Promise<ScheduleDescription[]> {
  const ids = await bounded(temporal, () => idsOf(temporal, scope, component));
  if (ids.length > MOST) {
    const message = `there are more than ${MOST} schedules; ask for those of one component`;
    throw invalid([{ path: 'component_id', message }]);
  }
  const found: ScheduleDescription[] = [];
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const some = ids.slice(at, at + AT_ONCE).map((id) => temporal.schedule.getHandle(id));
    const described = await Promise.all(
      some.map((handle) => persistently(temporal, () => handle.describe()).catch(unlessGone)),
    );
    found.push(...described.filter((description) => description !== undefined));
  }
  return found;
}

/** In order, and at most one more than are shown. */
async function idsOf(temporal: Client, scope: Scope, component: string | undefined): Promise<string[]> {
  const query = [
    `${SEARCH_ATTRIBUTES.tenant} = '${scope.tenant}'`,
    `${SEARCH_ATTRIBUTES.workspace} = '${scope.workspace}'`,
    ...(component === undefined ? [] : [`${SEARCH_ATTRIBUTES.component} = '${component}'`]),
  ].join(' AND ');
  const prefix = prefixOf(scope, component);
  const ids: string[] = [];
  for await (const { scheduleId } of temporal.schedule.list({ query })) {
    if (scheduleId.startsWith(prefix)) ids.push(scheduleId);
    if (ids.length > MOST) break;
  }
  return ids.sort();
}
