import { join } from 'node:path';
import { CHECKOUT } from '../checkout.ts';
import { runCommand } from '../obtain/run-command.ts';

/** Runs a script of this checkout to its end in a process of its own, whose memory goes with it. */
export function runNode(
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<string> {
  return runCommand(process.execPath, [join(CHECKOUT, script), ...args], { cwd: CHECKOUT, env, signal });
}
