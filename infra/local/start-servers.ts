import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { obtain } from './obtain/obtain.ts';
import { Ports } from './ports.ts';
import { SERVERS } from './servers/all.ts';
import type { ServerName } from './servers/entry.ts';
import type { Report } from './supervise/program.ts';
import { Supervisor } from './supervise/supervisor.ts';

export type StartServersOptions = {
  /** State, logs and records go here. */
  readonly dir: string;
  readonly report: Report;
  /** Build what is missing; otherwise its absence is an error. */
  readonly build?: boolean;
  /** Remember the ports in `<dir>/run/ports.json`; free ones each time when not. */
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
  options: StartServersOptions,
): Promise<RunningServers> {
  const home = resolve(options.dir);
  const supervisor = new Supervisor({ home, report: options.report });
  await supervisor.stopLeftovers();
  const ports = new Ports(options.keepPorts ? join(home, 'run', 'ports.json') : undefined);
  const starts = names.map((name) => startServer(name, supervisor, ports, home, options));
  try {
    const environments = await Promise.all(starts);
    return { env: Object.assign({}, ...environments), stop: () => supervisor.stop() };
  } catch (error) {
    await supervisor.stop();
    await Promise.allSettled(starts);
    throw error;
  }
}

async function startServer(
  name: ServerName,
  supervisor: Supervisor,
  ports: Ports,
  home: string,
  options: StartServersOptions,
): Promise<Readonly<Record<string, string>>> {
  const { artifact, prepare, title } = SERVERS[name];
  const { report, signal, ephemeral = true, build = false } = options;
  const path = await obtain(artifact, { build, report, signal });
  const folder = join(home, name);
  // Other accounts may pass through (PostgreSQL's, when we are root), not look around.
  await mkdir(folder, { recursive: true, mode: 0o711 });
  const prepared = await prepare({ path, folder, ports, environment: process.env, ephemeral, report });
  if (prepared.program !== undefined) {
    const since = Date.now();
    await supervisor.start(prepared.program);
    await prepared.afterStart?.();
    report(`${title} is ready (${((Date.now() - since) / 1000).toFixed(1)} s)`);
  }
  return prepared.environment;
}
