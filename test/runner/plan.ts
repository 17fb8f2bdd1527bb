import { listServers } from '../../infra/local/servers/all.ts';
import type { ServerName } from '../../infra/local/servers/entry.ts';
import type { Suite } from './suites.ts';

export type Plan = {
  readonly run: readonly Suite[];
  readonly servers: readonly ServerName[];
  readonly left: readonly { readonly suite: Suite; readonly reason: string }[];
};

/** What may be built without being asked to: a person waits a few minutes for a test run, not longer. */
const PATIENCE_SECONDS = 180;

/** Decides which suites this machine can run now, and why the others must wait. */
export async function makePlan(suites: readonly Suite[], full: boolean): Promise<Plan> {
  const needed = [...new Set(suites.flatMap(({ needs }) => needs))];
  const missing = new Map<ServerName, string>();
  let patience = full ? Number.POSITIVE_INFINITY : PATIENCE_SECONDS;
  const states = await listServers(needed);
  const quickestFirst = states.toSorted((a, b) => seconds(a) - seconds(b));
  for (const state of quickestFirst) {
    if (state.state === 'unobtainable') missing.set(state.name, state.reason);
    if (state.state !== 'buildable') continue;
    // what is only tested with waits for --full: it must not take the time from what everything needs
    if (state.seconds <= patience && !(state.onRequest && !full)) patience -= state.seconds;
    else
      missing.set(
        state.name,
        `${state.title} is not here yet: npm test -- --full gets it in about ${state.seconds} s`,
      );
  }
  const reason = ({ needs }: Suite) =>
    needs.map((name) => missing.get(name)).find((why) => why !== undefined);
  const run = suites.filter((suite) => reason(suite) === undefined);
  return {
    run,
    servers: [...new Set(run.flatMap(({ needs }) => needs))],
    left: suites.flatMap((suite) => {
      const why = reason(suite);
      return why === undefined ? [] : [{ suite, reason: why }];
    }),
  };
}

const seconds = (state: { readonly state: string; readonly seconds?: number }): number => state.seconds ?? 0;
