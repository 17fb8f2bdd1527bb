import { chmod, mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runSandboxed } from '../sandbox/run-sandboxed.ts';
import { behindShim, type Installation, installationOf } from './installation.ts';
import { onPath } from './on-path.ts';

export type Wanted = {
  readonly commands: readonly string[];
  readonly versionArgs: readonly string[];
  /** Its first group is the version. */
  readonly pattern: RegExp;
  readonly goModule?: string;
};

export type InstalledTool = Installation & {
  /** The name it was found by. */
  readonly name: string;
  /** Asked when it is wanted: some take seconds to say it. */
  readonly version: () => Promise<string | null>;
};

/** The first of the commands that is installed in one of the folders; nothing when none is. */
export async function findTool(
  wanted: Wanted,
  folders: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<InstalledTool | undefined> {
  for (const name of wanted.commands) {
    const found = onPath(name, folders);
    const program = found === undefined ? undefined : behindShim(found);
    if (program === undefined) continue;
    const installation = await installationOf(program, folders);
    return { ...installation, name, version: () => knownVersion(wanted, installation, environment) };
  }
  return undefined;
}

/** Asked once, and again only when the program has been replaced. */
const versions = new Map<string, Promise<string | null>>();

async function knownVersion(
  wanted: Wanted,
  installation: Installation,
  environment: Readonly<Record<string, string>>,
): Promise<string | null> {
  const { mtimeMs, size } = await stat(installation.command);
  const key = `${installation.command} ${mtimeMs} ${size}`;
  const asked = versions.get(key) ?? askVersion(wanted, installation, environment);
  versions.set(key, asked);
  asked.catch(() => versions.delete(key));
  return asked;
}

async function askVersion(
  { versionArgs, pattern, goModule }: Wanted,
  installation: Installation,
  environment: Readonly<Record<string, string>>,
): Promise<string | null> {
  const said = pattern.exec(await outputOf(installation, versionArgs, environment))?.[1];
  return said ?? (goModule === undefined ? null : moduleVersion(installation.command, goModule));
}

/** It is as little trusted when it is asked as when it works. */
async function outputOf(
  { command, readable, path, environment }: Installation,
  args: readonly string[],
  more: Readonly<Record<string, string>>,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'certus-version-'));
  try {
    const [source, writable] = [join(folder, 'source'), join(folder, 'writable')];
    for (const made of [source, writable]) await mkdir(made);
    for (const made of [folder, source]) await chmod(made, 0o755);
    const lines: string[] = [];
    await runSandboxed({
      ...{ command, args, source, writable, readable, path },
      cwd: 'home',
      environment: { ...environment, ...more },
      limits: { seconds: 60, memoryMb: 2048, processes: 128, fileMb: 64, outputMb: 1 },
      network: false,
      onLine: (_, line) => lines.push(line),
    });
    return lines.join('\n');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Go writes into every program which modules it is made of. */
async function moduleVersion(program: string, module: string): Promise<string | null> {
  if ((await stat(program)).size > MAX_PROGRAM_BYTES) return null;
  const bytes = await readFile(program);
  const at = bytes.indexOf(`\nmod\t${module}\t`);
  if (at === -1) return null;
  return /\tv(\d+\.\d+\.\d+)/.exec(bytes.toString('latin1', at, at + 512))?.[1] ?? null;
}

const MAX_PROGRAM_BYTES = 512 * 1024 * 1024;
