import { emptyFileOf, homeOf } from './environment.ts';
import { AS_INIT } from './init.ts';
import { limitArguments } from './limit-arguments.ts';
import type { Programs } from './programs.ts';
import type { Launch, SandboxRun } from './sandbox.ts';

/**
 * Where bubblewrap is missing but the kernel lets users make namespaces: own processes, no network, a source that cannot be
 * written. The rest of this machine's files stays in sight, as far as the worker may read it.
 */
export function namespaces(run: SandboxRun, { unshare, setpriv, prlimit }: Programs): Launch {
  const { source, writable, network, hidden = [] } = run;
  const start = run.cwd === 'source' ? source : homeOf(writable);
  return {
    command: unshare as string,
    args: [
      ...['--user', '--map-root-user', '--'],
      // making the user namespace takes back the promise to die with the worker, so that is made inside of it
      ...[setpriv as string, '--pdeathsig', 'KILL', '--', unshare as string],
      ...['--pid', '--ipc', '--uts', '--mount', '--mount-proc', '--fork', '--kill-child=KILL'],
      ...(network ? [] : ['--net']),
      ...['--', '/bin/sh', '-c', MOUNTS, 'sh', source, start],
      ...[emptyFileOf(writable), String(hidden.length), ...hidden],
      ...limitArguments(prlimit, run.limits, 'limited'),
      ...[setpriv as string, '--no-new-privs', '--bounding-set=-all', '--inh-caps=-all', '--'],
      ...[...AS_INIT, run.command, ...run.args],
    ],
    isolation: { method: 'namespaces', network: network ? 'host' : 'none', lacking: ['own file system'] },
    init: 'only_child',
  };
}

/** The folder is entered anew: the one that the process stands in is still the writable one underneath. */
const MOUNTS = `
mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && cd "$2" || exit 125
empty=$3; hidden=$4; shift 4
while [ "$hidden" -gt 0 ]; do
  mount --bind "$empty" "$1" || exit 125
  shift; hidden=$((hidden - 1))
done
exec "$@"`;
