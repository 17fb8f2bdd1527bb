import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { readSupervisor } from '../local-installation.ts';
import { isSupervisor } from '../supervisor-process.ts';

const PATIENCE = 60_000;

/** Asks the supervisor to stop everything in reverse order, and waits until it has. */
export async function down({ home, output }: Context): Promise<ExitCode> {
  const supervisor = readSupervisor(home);
  if (!supervisor || !isSupervisor(supervisor.pid)) {
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
