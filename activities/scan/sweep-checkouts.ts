import { hash } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isFileError } from '../../services/files/failure.ts';

/** What a draft's name begins with; no tenant's name can, so neither is ever taken for the other. */
const DRAFT = '.checkout-';
const HERE = hash('sha256', hostname()).slice(0, 8);

/** Names whose draft it is, so that the next process knows which of them nobody works at any more. */
export const draftPrefix = (): string => `${DRAFT}${HERE}-${process.pid}-`;

const DAY = 24 * 60 * 60 * 1000;
const HOUR = 60 * 60 * 1000;

/**
 * Removes drafts that a killed process left behind, and what no activity has used for a day. A run that still wants its
 * checkout makes it again.
 */
export async function sweepCheckouts(workFolder: string, now: number): Promise<void> {
  for (const name of await namesIn(workFolder)) {
    const top = join(workFolder, name);
    if (name.startsWith(DRAFT)) await (isAbandoned(name) ? remove(top) : removeOld(top, now));
    else
      for (const workspace of await namesIn(top))
        for (const checkout of await namesIn(join(top, workspace)))
          await removeOld(join(top, workspace, checkout), now);
  }
}

const lastSweeps = new Map<string, number>();

/** Cheap enough for every checkout: all but one call in an hour do nothing. */
export async function sweepSometimes(workFolder: string, now: number): Promise<void> {
  if (now - (lastSweeps.get(workFolder) ?? Number.NEGATIVE_INFINITY) < HOUR) return;
  lastSweeps.set(workFolder, now);
  await sweepCheckouts(workFolder, now);
}

async function removeOld(folder: string, now: number): Promise<void> {
  const used = await unlessGone(stat(folder));
  if (used !== undefined && now - used.mtimeMs > DAY) await remove(folder);
}

const remove = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

/** A draft of another machine that shares the folder is told by its age alone. */
function isAbandoned(draft: string): boolean {
  const [, here, pid] = /^\.checkout-([0-9a-f]{8})-(\d+)-/.exec(draft) ?? [];
  if (here !== HERE || pid === undefined) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return isFileError(error, 'ESRCH');
  }
}

const namesIn = async (folder: string): Promise<string[]> => (await unlessGone(readdir(folder))) ?? [];

/** Others clear up at the same time. */
const unlessGone = <T>(found: Promise<T>): Promise<T | undefined> =>
  found.catch((error: unknown) => {
    if (isFileError(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  });
