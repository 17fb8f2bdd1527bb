import { z } from 'zod';
import type { SupervisorRecord } from '../../contracts/supervisor-record.ts';
import { complaintOf } from '../command-error.ts';
import { findAddress } from '../connection.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { readSupervisor } from '../local-installation.ts';
import { isSupervisor } from '../supervisor-process.ts';

const Readiness = z.object({ status: z.string(), checks: z.record(z.string(), z.string()) });
type Answer = {
  readonly address: string;
  readonly ready: boolean;
  readonly checks: Record<string, string>;
  readonly reason: string | null;
};

/** What runs here, and whether the API and the servers behind it answer. */
export async function status({ home, environment, output }: Context): Promise<ExitCode> {
  const supervisor = running(home);
  const api = await askApi(environment, home);
  const document = { running: supervisor !== undefined, home, api, supervisor: supervisor ?? null };
  output.result(document, () => {
    if (supervisor) {
      output.table(
        ['PROCESS', 'PID', 'STATE', 'RESTARTS'],
        supervisor.children.map(({ name, pid, state, restarts }) => [
          name,
          String(pid ?? '-'),
          state,
          String(restarts),
        ]),
      );
      for (const [name, address] of Object.entries(supervisor.addresses))
        output.line(`${name.padEnd(12)} ${address}`);
    } else output.line(`nothing is running in ${home}`);
    if (api) output.line(`${api.address}  ${api.ready ? 'ready' : `not ready: ${explained(api)}`}`);
  });
  return api?.ready ? EXIT.ok : EXIT.unavailable;
}

/** The file outlives a supervisor that was killed; only a live one counts. */
function running(home: string): SupervisorRecord | undefined {
  const supervisor = readSupervisor(home);
  return supervisor && isSupervisor(supervisor.pid) ? supervisor : undefined;
}

async function askApi(environment: NodeJS.ProcessEnv, home: string): Promise<Answer | null> {
  let address: string;
  try {
    address = findAddress(environment, home).address;
  } catch (error) {
    if (complaintOf(error).code === 'not_running') return null;
    throw error;
  }
  try {
    const response = await fetch(`${address}/readyz`, {
      redirect: 'error',
      signal: AbortSignal.timeout(5_000),
    });
    const { status: state, checks } = Readiness.parse(await response.json());
    return { address, ready: state === 'ready', checks, reason: null };
  } catch (error) {
    // Not running, not Certus, not in time: for the one who asks it is the same, and the reason is told.
    return { address, ready: false, checks: {}, reason: complaintOf(error).message };
  }
}

function explained({ checks, reason }: Answer): string {
  const away = Object.entries(checks).filter(([, state]) => state !== 'ok');
  return reason ?? away.map(([name, state]) => `${name} ${state}`).join(', ');
}
