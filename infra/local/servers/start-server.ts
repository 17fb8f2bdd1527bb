import { join } from 'node:path';
import { privateFolder } from '../folders.ts';
import { obtain } from '../obtain/obtain.ts';
import type { Ports } from '../ports.ts';
import type { Report } from '../supervise/program.ts';
import type { Supervisor } from '../supervise/supervisor.ts';
import { SERVERS } from './all.ts';
import type { ServerName } from './entry.ts';

export type StartServerOptions = {
  readonly home: string;
  readonly supervisor: Supervisor;
  readonly ports: Ports;
  readonly report: Report;
  /** Build what is missing; otherwise its absence is an error. */
  readonly build: boolean;
  /** The state is thrown away afterwards. */
  readonly ephemeral: boolean;
  readonly tier?: number | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** Obtains, prepares and starts one server, and gives the environment that finds it. */
export async function startServer(
  name: ServerName,
  options: StartServerOptions,
): Promise<Readonly<Record<string, string>>> {
  const { artifact, prepare, title } = SERVERS[name];
  const { home, supervisor, ports, report, build, ephemeral, tier, signal } = options;
  const path = await obtain(artifact, { build, report, signal });
  const folder = privateFolder(join(home, name));
  const { program, afterStart, environment } = await prepare({ path, folder, ports, ephemeral, report });
  if (program !== undefined) {
    signal?.throwIfAborted();
    const since = Date.now();
    await supervisor.start(program, { tier, signal });
    await afterStart?.();
    report(`${title} is ready (${((Date.now() - since) / 1000).toFixed(1)} s)`);
  }
  return environment;
}
