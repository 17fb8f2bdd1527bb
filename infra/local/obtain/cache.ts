import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '../supervise/program.ts';
import type { Artifact } from './artifact.ts';
import { isExecutable } from './find-command.ts';
import { type Lock, tryLock } from './kernel-lock.ts';

/** Outside the checkout: clones share what took minutes to build. */
export function cacheFolder(): string {
  const { CERTUS_CACHE, XDG_CACHE_HOME } = process.env;
  return resolve(CERTUS_CACHE || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'certus'));
}

export function cachedFile(artifact: Artifact): string | undefined {
  const file = join(cacheFolder(), folderName(artifact), artifact.file);
  return isExecutable(file) ? file : undefined;
}

/**
 * Has a folder filled elsewhere and moved into place whole, so that a build that is killed leaves nothing half;
 * one process at a time, and whoever waited uses what the first one made.
 */
export async function addToCache(
  artifact: Artifact,
  fill: (folder: string) => Promise<void>,
  report: Report,
  signal?: AbortSignal,
): Promise<string> {
  const name = folderName(artifact);
  const lock = await waitForLock(join(cacheFolder(), '.locks', name), name, report, signal);
  try {
    const ready = cachedFile(artifact);
    if (ready !== undefined) return ready;
    const building = join(cacheFolder(), '.building');
    await removeDrafts(building, name);
    const draft = join(building, `${name}.${process.pid}`);
    await mkdir(draft, { recursive: true });
    try {
      await fill(draft);
      if (!isExecutable(join(draft, artifact.file)))
        throw new Error(`the build made no executable ${artifact.file}`);
      await rm(join(cacheFolder(), name), { recursive: true, force: true });
      await rename(draft, join(cacheFolder(), name));
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
    return join(cacheFolder(), name, artifact.file);
  } finally {
    lock.release();
  }
}

async function waitForLock(file: string, name: string, report: Report, signal?: AbortSignal): Promise<Lock> {
  for (let waits = 0; ; waits++) {
    const lock = tryLock(file);
    if (lock !== undefined) return lock;
    if (waits === 0) report(`another process is building ${name}; waiting for it`);
    await sleep(200, undefined, signal === undefined ? {} : { signal });
  }
}

/** What a killed build left. We hold the lock, so nobody is writing there. */
async function removeDrafts(building: string, name: string): Promise<void> {
  await mkdir(building, { recursive: true });
  for (const entry of await readdir(building)) {
    if (entry.startsWith(`${name}.`)) await rm(join(building, entry), { recursive: true, force: true });
  }
}

const folderName = ({ name, version }: Artifact) => `${name}-${version}`;
