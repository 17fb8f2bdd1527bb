import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { readSupervisor } from '../local-installation.ts';
import { isSupervisor } from '../supervisor-process.ts';

const PATIENCE = 60_000;

/** Asks the supervisor to stop everything in reverse order, and waits until it has. */
export async function down({ home, checkout, environment, output }: Context): Promise<ExitCode> {
  const supervisor = readSupervisor(home);
  if (!supervisor || !isSupervisor(supervisor.pid)) {
    if (existsSync(join(home, 'run'))) stopLeftovers(checkout, { ...environment, CERTUS_HOME: home });
    output.line('nothing is running here');
    return EXIT.ok;
  }
  output.note(`stopping (pid ${supervisor.pid})`);
  process.kill(supervisor.pid, 'SIGTERM');
  for (const began = Date.now(); isSupervisor(supervisor.pid); await sleep(100)) {
    if (Date.now() - began > PATIENCE) {
      throw new CommandError(
        'still_running',
        EXIT.runFailed,
        `the supervisor (pid ${supervisor.pid}) did not end within a minute`,
      );
    }
  }
  output.line('stopped');
  return EXIT.ok;
}

/** A supervisor that was killed could not stop what it kept; what there is left of it names itself while it is stopped. */
function stopLeftovers(checkout: string, env: NodeJS.ProcessEnv): void {
  const script = join(checkout, 'infra', 'local', 'start.ts');
  const { status } = spawnSync(process.execPath, [script, '--stop-leftovers'], {
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0)
    throw new CommandError(
      'still_running',
      EXIT.runFailed,
      'what a killed supervisor left could not be stopped',
    );
}
