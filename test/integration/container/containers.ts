import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { mounts, type Service } from '../../unit/container/compose.ts';
import { environmentOf, lastOf, readDockerfile, wordsOf } from '../../unit/container/dockerfile.ts';

export type Container = {
  readonly process: ChildProcess;
  readonly environment: Readonly<Record<string, string>>;
  readonly said: () => string;
};

const stages = readDockerfile();

/**
 * Starts a service of the compose file as a process in the folder of its image: its program, its environment and nothing
 * else. `translate` says where the servers really are; paths of its volumes become folders.
 */
export function startContainer(
  service: Service,
  app: string,
  volumes: string,
  translate: (name: string, value: string) => string | undefined,
): Container {
  const image = service.build?.target ?? '';
  const given = { ...environmentOf(stages, image), ...service.environment };
  const environment: Record<string, string> = { PATH: process.env.PATH ?? '' };
  for (const [name, value] of Object.entries(given)) {
    const real = translate(name, onVolume(service, volumes, value).replace(/^\/app\//, `${app}/`));
    if (real !== undefined) environment[name] = real;
  }
  const [program = ''] = wordsOf(lastOf(stages, image, 'CMD'));
  const child = spawn(process.execPath, [program], {
    cwd: app,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
  return { process: child, environment, said: () => said };
}

/** The longest mount wins, as in a container. */
function onVolume(service: Service, volumes: string, path: string): string {
  const mount = mounts(service)
    .filter(({ target }) => path === target || path.startsWith(`${target}/`))
    .toSorted((a, b) => b.target.length - a.target.length)[0];
  return mount === undefined ? path : join(volumes, mount.volume, path.slice(mount.target.length));
}

/** A home whose folders are the volumes that the service mounts there. */
export async function mountBelow(service: Service, home: string, at: string, volumes: string): Promise<void> {
  for (const { volume, target } of mounts(service)) {
    await mkdir(join(volumes, volume), { recursive: true });
    if (!target.startsWith(`${home}/`)) continue;
    const place = join(at, target.slice(home.length));
    await mkdir(dirname(place), { recursive: true });
    await symlink(join(volumes, volume), place);
  }
}

export async function ended({
  process: child,
  said,
}: Container): Promise<{ code: number | null; said: string }> {
  if (child.exitCode === null) await once(child, 'exit');
  return { code: child.exitCode, said: said() };
}
