import { EXIT } from '../exit-codes.ts';
import { openHome } from '../home.ts';
import type { Report } from '../supervise/program.ts';
import { Supervisor } from '../supervise/supervisor.ts';

/** Ends what a supervisor left running when it was killed, as the next start would. */
export async function stopLeftovers(home: string, report: Report): Promise<number> {
  const lock = openHome(home);
  try {
    await new Supervisor({ home, report }).stopLeftovers();
    return EXIT.passed;
  } finally {
    lock.release();
  }
}
