import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ScanStatus } from '../../../contracts/scan.ts';
import { CHECKOUT } from '../checkout.ts';
import type { Report } from '../supervise/program.ts';

export type ScanRun = {
  readonly exitCode: number;
  /** Absent when the run could not even be asked for. */
  readonly scan?: ScanStatus;
};

/**
 * Runs the chain as any person does, with `certus scan`, and passes its live progress on. There is no second way in
 * that could behave differently.
 */
export function scanOnce(
  target: string,
  home: string,
  report: Report,
  signal: AbortSignal,
): Promise<ScanRun> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const child = spawn(
      process.execPath,
      [join(CHECKOUT, 'cli', 'certus.mjs'), 'scan', target, '-o', 'json'],
      {
        cwd: typedIn(),
        env: {
          ...process.env,
          CERTUS_HOME: home,
          CERTUS_API_URL: undefined,
          CERTUS_TOKEN: undefined,
          CERTUS_TOKEN_FILE: undefined,
        },
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
        signal,
      },
    );
    let document = '';
    child.stdout.on('data', (chunk: Buffer) => {
      document += chunk.toString('utf8');
    });
    createInterface(child.stderr).on('line', report);
    child.once('error', reject);
    child.once('close', (code) => {
      const exitCode = code ?? 1;
      resolve(document === '' ? { exitCode } : { exitCode, scan: ScanStatus.parse(JSON.parse(document)) });
    });
  });
}

/** npm runs scripts in the checkout; a relative path means the folder in which it was typed. */
function typedIn(): string {
  const { npm_lifecycle_event, INIT_CWD } = process.env;
  return (npm_lifecycle_event === 'start' && INIT_CWD) || process.cwd();
}
