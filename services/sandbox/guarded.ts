import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { limitArguments } from './limit-arguments.ts';
import type { Programs } from './programs.ts';
import type { Launch, SandboxRun } from './sandbox.ts';

/**
 * Where there are no namespaces, such as in most containers and on macOS: a process group of its own with limits, under a
 * guard that ends what it started, as far as that can be told, as soon as it ends, is told to, or the worker is gone.
 */
export function guarded(run: SandboxRun, { prlimit, setpriv }: Programs): Launch {
  const dies = setpriv === undefined ? [] : [setpriv, '--pdeathsig', 'KILL', '--no-new-privs', '--'];
  return {
    command: process.execPath,
    args: [
      ...['--disable-warning=ExperimentalWarning', GUARD, `${MARK}=${randomUUID()}`],
      ...[...limitArguments(prlimit, run.limits, 'watched'), ...dies, run.command, ...run.args],
    ],
    isolation: {
      method: 'process',
      network: 'host',
      lacking: [
        ...(run.network ? [] : ['network separation']),
        'own file system',
        'read-only source',
        ...(run.hidden === undefined || run.hidden.length === 0
          ? []
          : ['hiding of configuration in the source']),
        'own processes',
        'process limit of the kernel',
        ...(prlimit === undefined ? ['memory limit of the kernel'] : []),
      ],
    },
    init: 'guard',
  };
}

/** Every process that the tool starts inherits it, however far away it moves, unless it drops its environment. */
const MARK = 'CERTUS_SANDBOX_RUN';
const GUARD = fileURLToPath(new URL('./guard.ts', import.meta.url));
