import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';

/** Starts the embedded set of this checkout; what it says meanwhile, and its exit code, are passed on as they are. */
export async function up(context: Context, options: { readonly foreground?: boolean }): Promise<number> {
  const words = [join('infra', 'bootstrap.mjs'), join('infra', 'local', 'start.ts')];
  if (!options.foreground) words.push('--detach');
  const child = spawn(process.execPath, words, {
    cwd: context.checkout,
    env: { ...context.environment, CERTUS_HOME: context.home },
    stdio: 'inherit',
  });
  // Ctrl-C reaches the child as well, which stops everything in order; we wait for that.
  const patient = () => undefined;
  process.on('SIGINT', patient);
  try {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    child
      .once('error', reject)
      .once('exit', (code, signal) =>
        resolve(code ?? (signal === 'SIGINT' ? EXIT.interrupted : EXIT.runFailed)),
      );
    return await promise;
  } finally {
    process.off('SIGINT', patient);
  }
}
