import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SandboxRun } from './sandbox.ts';

const SYSTEM_PATH = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin'];

/** Where a run that is not started in its source begins. */
export const homeOf = (writable: string): string => join(writable, 'home');
/** An empty file, to lay over what is hidden. */
export const emptyFileOf = (writable: string): string => join(writable, 'etc/empty');

/** Makes the private home inside the writable folder. Nothing of the worker's own environment is passed on. */
export async function privateEnvironment({
  writable,
  environment,
  path,
}: SandboxRun): Promise<Record<string, string>> {
  const at = (name: string) => join(writable, name);
  const folders = {
    HOME: homeOf(writable),
    TMPDIR: at('tmp'),
    XDG_CACHE_HOME: at('home/.cache'),
    XDG_CONFIG_HOME: at('home/.config'),
    XDG_DATA_HOME: at('home/.local/share'),
    XDG_STATE_HOME: at('home/.local/state'),
    XDG_RUNTIME_DIR: at('run'),
  };
  for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true, mode: 0o700 });
  await mkdir(at('etc'), { recursive: true });
  await writeFile(emptyFileOf(writable), '');
  return {
    ...folders,
    PATH: [...path, ...SYSTEM_PATH].join(':'),
    LANG: 'C.UTF-8',
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
    // a module in the hostile source must never be the one that a tool imports
    PYTHONSAFEPATH: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    GIT_CONFIG_NOSYSTEM: '1',
    ...environment,
  };
}
