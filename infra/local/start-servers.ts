import { join, resolve } from 'node:path';
import { allOrNone } from './all-or-none.ts';
import { homeFolder } from './folders.ts';
import { Ports } from './ports.ts';
import type { ServerName } from './servers/entry.ts';
import { startServer } from './servers/start-server.ts';
import type { Report } from './supervise/program.ts';
import { Supervisor } from './supervise/supervisor.ts';

export type StartServersOptions = {
  /** State, logs and records go here. What an earlier set in the same folder left running is stopped first. */
  readonly dir: string;
  readonly report: Report;
  /** Build what is missing; otherwise its absence is an error. */
  readonly build?: boolean;
  /** Use the well-known ports, and the same ones at the next start; any free ones when not. */
  readonly keepPorts?: boolean;
  /** State need not survive a power failure. True unless said otherwise. */
  readonly ephemeral?: boolean;
  readonly signal?: AbortSignal;
};

export type RunningServers = {
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
};

/** Starts servers side by side and gives the environment that finds them. All or none: a failure stops the others. */
export async function startServers(
  names: readonly ServerName[],
  { dir, report, build = false, keepPorts = false, ephemeral = true, signal }: StartServersOptions,
): Promise<RunningServers> {
  const home = homeFolder(resolve(dir));
  const supervisor = new Supervisor({ home, report });
  await supervisor.stopLeftovers();
  const ports = new Ports(keepPorts ? join(home, 'run', 'ports.json') : undefined);
  try {
    const environments = await allOrNone(signal, (signal) =>
      names.map((name) => startServer(name, { home, supervisor, ports, report, build, ephemeral, signal })),
    );
    return { env: Object.assign({}, ...environments), stop: () => supervisor.stop() };
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
}
