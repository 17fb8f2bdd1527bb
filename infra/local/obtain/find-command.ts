import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Command, Lookup } from './artifact.ts';
import { runCommand } from './run-command.ts';

/** The command on PATH, when its version will do. */
export async function findCommand({ command, versionArgs, pattern, minimum }: Command): Promise<Lookup> {
  const path = which(command);
  if (path === undefined) return { reason: `${command} is not on PATH` };
  const output = await runCommand(path, versionArgs).catch((error: unknown) => String(error));
  const version = pattern.exec(output)?.[1];
  if (version === undefined) return { reason: `${path} does not say which version it is` };
  if (!isAtLeast(version, minimum))
    return { reason: `${path} is version ${version}, needed is ${minimum} or later` };
  return { path };
}

export function which(command: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter(isAbsolute)
    .map((folder) => join(folder, command))
    .find(isExecutable);
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Same major number, and not older. */
export function isAtLeast(version: string, minimum: string): boolean {
  const [a, b] = [version, minimum].map((text) => text.split('.').map(Number));
  if (a === undefined || b === undefined || a[0] !== b[0]) return false;
  const [minor, patch, wantedMinor, wantedPatch] = [a[1] ?? 0, a[2] ?? 0, b[1] ?? 0, b[2] ?? 0];
  return minor > wantedMinor || (minor === wantedMinor && patch >= wantedPatch);
}
