import { lstatSync, readlinkSync, statSync } from 'node:fs';
import { chown, mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { emptyFileOf, homeOf } from './environment.ts';
import { AS_INIT } from './init.ts';
import { limitArguments } from './limit-arguments.ts';
import type { Programs } from './programs.ts';
import type { Launch, SandboxRun } from './sandbox.ts';

/**
 * A file system of its own that holds the system's programs, the tool, the source and one writable folder, and nothing
 * else of this machine; its own processes; no network. Whoever kills the outermost process kills all of it.
 *
 * A worker that runs as root gives the tool a user of its own: root's processes are not counted by the kernel, so no limit
 * on their number would hold, and root without capabilities still owns every file that it can see.
 */
export async function bubblewrap(run: SandboxRun, programs: Programs): Promise<Launch> {
  const { source, writable, readable, network, hidden = [] } = run;
  const ownUser = canHaveOwnUser(run, programs) ? nextUser() : undefined;
  await furnish(writable, ownUser);
  const at = (name: string) => join(writable, name);
  return {
    command: programs.bwrap as string,
    args: [
      ...['--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try', '--hostname', 'sandbox'],
      ...(network ? [] : ['--unshare-net']),
      ...(ownUser === undefined ? ['--unshare-user', '--cap-drop', 'ALL'] : TO_CHANGE_USER),
      ...['--die-with-parent', '--new-session', '--as-pid-1', '--info-fd', '3'],
      ...systemFolders(),
      ...foldersAbove(SYSTEM_FILES).flatMap((path) => ['--dir', path]),
      ...SYSTEM_FILES.flatMap((path) => ['--ro-bind-try', path, path]),
      ...(network ? NETWORK_FILES.flatMap((path) => ['--ro-bind-try', path, path]) : []),
      ...['--ro-bind', at('etc/passwd'), '/etc/passwd', '--ro-bind', at('etc/group'), '/etc/group'],
      ...['--proc', '/proc', '--dev', '/dev', '--bind', at('shm'), '/dev/shm', '--bind', at('tmp'), '/tmp'],
      ...foldersAbove([...readable, source, writable]).flatMap((path) => ['--dir', path]),
      ...readable.flatMap((path) => ['--ro-bind', path, path]),
      ...['--ro-bind', source, source, '--bind', writable, writable],
      ...hidden.flatMap((path) => ['--ro-bind', emptyFileOf(writable), path]),
      // both lie in memory that no limit counts
      ...['--remount-ro', '/dev', '--remount-ro', '/', '--chdir', '/', '--'],
      // the first process stays ours: bubblewrap, which has given up its powers, could not end another user's
      ...AS_INIT,
      ...limitArguments(programs.prlimit, run.limits, 'limited'),
      ...(ownUser === undefined ? [] : asUser(programs.setpriv as string, ownUser)),
      ...[...startingIn(run.cwd === 'source' ? source : homeOf(writable)), run.command, ...run.args],
    ],
    isolation: {
      method: 'bubblewrap',
      network: network ? 'host' : 'none',
      lacking: process.getuid?.() === 0 && ownUser === undefined ? ['process limit of the kernel'] : [],
    },
    init: 'info_pipe',
  };
}

/** A source that only root may read would look empty to another user, and nobody would notice. */
const canHaveOwnUser = ({ source, asWorker }: SandboxRun, { setpriv, prlimit }: Programs): boolean =>
  process.getuid?.() === 0 &&
  asWorker !== true &&
  setpriv !== undefined &&
  prlimit !== undefined &&
  (statSync(source).mode & 0o005) === 0o005;

/** From the range that systemd, too, gives to services without a user: no person and no file has one of these. */
const FIRST_USER = 61_184;
const USERS = 4_000;
let lastUser = process.pid;
const nextUser = (): number => {
  lastUser += 1;
  return FIRST_USER + (lastUser % USERS);
};

const TO_CHANGE_USER = [
  ...['--cap-drop', 'ALL'],
  ...['CAP_SETUID', 'CAP_SETGID', 'CAP_SETPCAP'].flatMap((power) => ['--cap-add', power]),
];

const asUser = (setpriv: string, user: number): string[] => [
  setpriv,
  ...[`--reuid=${user}`, `--regid=${user}`, '--clear-groups', '--no-new-privs'],
  ...['--bounding-set=-all', '--inh-caps=-all', '--'],
];

/** Entered by who runs there: the home is closed to others, and without its powers even root is one of them. */
const startingIn = (folder: string): string[] => ['/bin/sh', '-c', 'cd "$0" && exec "$@"', folder];

async function furnish(writable: string, ownUser: number | undefined): Promise<void> {
  const user = ownUser ?? process.getuid?.() ?? 0;
  for (const name of ['tmp', 'shm', 'etc', 'home']) await mkdir(join(writable, name), { recursive: true });
  await writeFile(
    join(writable, 'etc/passwd'),
    `tool:x:${user}:${user}::${join(writable, 'home')}:/bin/sh\n`,
    {
      mode: 0o644,
    },
  );
  await writeFile(join(writable, 'etc/group'), `tool:x:${user}:\n`, { mode: 0o644 });
  if (ownUser === undefined) return;
  const made = await readdir(writable, { recursive: true });
  for (const path of ['', ...made]) await chown(join(writable, path), ownUser, ownUser);
}

/** Made by name, since those that bubblewrap makes on its own can be entered by root alone. */
function foldersAbove(paths: readonly string[]): string[] {
  const above = new Set<string>();
  for (const path of paths)
    for (let folder = dirname(path); folder !== '/'; folder = dirname(folder)) above.add(folder);
  const given = ['/usr', '/bin', '/sbin', '/lib', '/lib64', '/nix/store', '/tmp', '/dev', '/proc'];
  const isGiven = (path: string) =>
    given.some((top) => path === top || (top !== '/tmp' && path.startsWith(`${top}/`)));
  return [...above].filter((path) => !isGiven(path)).sort();
}

/** Most systems have moved /bin and /lib into /usr and left links. */
function systemFolders(): string[] {
  return ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/nix/store'].flatMap((path) => {
    const info = lstatSync(path, { throwIfNoEntry: false });
    if (info === undefined) return [];
    return info.isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : ['--ro-bind', path, path];
  });
}

const SYSTEM_FILES = [
  '/etc/ld.so.cache',
  '/etc/ld.so.conf',
  '/etc/ld.so.conf.d',
  '/etc/alternatives',
  '/etc/ssl/certs',
  '/etc/ssl/openssl.cnf',
  '/etc/ca-certificates',
  '/etc/pki/tls/certs',
  '/etc/pki/ca-trust',
  '/etc/localtime',
];
const NETWORK_FILES = ['/etc/resolv.conf', '/etc/hosts', '/etc/nsswitch.conf'];
