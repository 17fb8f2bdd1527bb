import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { homeFolder } from '../folders.ts';
import { refuseNewer } from '../home.ts';
import { openLog } from '../supervise/log-file.ts';
import type { Report } from '../supervise/program.ts';

const Message = z.union([z.object({ line: z.string() }), z.object({ ready: z.literal(true) })]);

/**
 * Starts the supervisor in the background and returns its exit code, or 0 once everything is ready. Until then it
 * speaks through us, and stops everything again when we are gone; from then on it is on its own.
 */
export function detach(
  script: string,
  target: string | undefined,
  home: string,
  report: Report,
): Promise<number> {
  refuseNewer(home);
  homeFolder(home);
  const log = openLog(join(home, 'logs', 'supervisor.log'));
  const words = [script, '--background', ...(target === undefined ? [] : [target])];
  const child = spawn(process.execPath, words, { detached: true, stdio: ['ignore', log, log, 'ipc'] });
  closeSync(log);
  // Ctrl-C must not leave half a set behind. (A terminal does not reach the child: it is in a session of its own.)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
    child.on('message', (received) => {
      const message = Message.parse(received);
      if ('line' in message) return report(message.line);
      child.disconnect();
      child.unref();
      resolve(0);
    });
  });
}
