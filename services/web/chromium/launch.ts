import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, readlinkSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { DevTools } from './devtools.ts';

export type Browser = { readonly devtools: DevTools; readonly end: () => Promise<void> };

export type Programs = { readonly chromium: string; readonly bwrap: string };

/**
 * Starts a browser that lives for one page. It sees nothing of this machine but its own programs, has no network at all (what a
 * page asks for is fetched by us, by our rules), and no user; whoever breaks out of it is in an empty room.
 */
export function launchBrowser({ chromium, bwrap }: Programs): Browser {
  const child = spawn(bwrap, [...ROOM, ...systemFolders(), '--', chromium, ...FLAGS], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    env: { PATH: '/usr/bin:/bin', HOME: '/tmp', LC_ALL: 'C.UTF-8', TZ: 'UTC' },
    detached: true,
  });
  // one that cannot be started ends at once, and its pipes with it
  child.on('error', () => undefined);
  const [, , , out, into] = child.stdio as unknown as [null, null, null, Writable, Readable];
  return {
    devtools: new DevTools(out, into),
    end: async () => {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      await closed;
    },
  };
}

const ROOM = [
  ...['--unshare-all', '--unshare-user', '--uid', '65534', '--gid', '65534', '--cap-drop', 'ALL'],
  ...['--die-with-parent', '--new-session', '--hostname', 'sandbox'],
  ...[
    '--proc',
    '/proc',
    '--dev',
    '/dev',
    '--size',
    String(256 * 1024 * 1024),
    '--tmpfs',
    '/tmp',
    '--chdir',
    '/tmp',
  ],
  ...['/etc/fonts', '/etc/ld.so.cache', '/etc/alternatives', '/etc/chromium.d'].flatMap((path) => [
    '--ro-bind-try',
    path,
    path,
  ]),
];

/** Most systems have moved /bin and /lib into /usr and left links. */
function systemFolders(): string[] {
  return ['/usr', '/opt', '/bin', '/sbin', '/lib', '/lib64', '/nix/store'].flatMap((path) => {
    const info = lstatSync(path, { throwIfNoEntry: false });
    if (info === undefined) return [];
    return info.isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : ['--ro-bind', path, path];
  });
}

/** Its own walls need powers that it is not given here: the room that it is in stands for them. */
const FLAGS = [
  ...['--headless=new', '--no-sandbox', '--remote-debugging-pipe', '--user-data-dir=/tmp/profile'],
  ...['--disable-gpu', '--disable-dev-shm-usage', '--disable-extensions', '--disable-background-networking'],
  ...[
    '--disable-sync',
    '--no-first-run',
    '--mute-audio',
    '--disable-breakpad',
    '--blink-settings=imagesEnabled=false',
  ],
  ...['--js-flags=--max-old-space-size=256', '--renderer-process-limit=1', 'about:blank'],
];
