import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isFileError } from '../../services/files/failure.ts';

/** What a draft's name begins with; no tenant's name can, so neither is ever taken for the other. */
export const DRAFT = '.checkout-';

const DAY = 24 * 60 * 60 * 1000;
const HOUR = 60 * 60 * 1000;

/**
 * Removes drafts that a killed process left behind, and checkouts that no activity has used for a day. A run that still
 * wants its checkout makes it again.
 */
export async function sweepCheckouts(workFolder: string, now: number): Promise<void> {
  for (const name of await namesIn(workFolder)) {
    const top = join(workFolder, name);
    if (name.startsWith(DRAFT)) await removeOld(top, now);
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
  if (used !== undefined && now - used.mtimeMs > DAY) await rm(folder, { recursive: true, force: true });
}

const namesIn = async (folder: string): Promise<string[]> => (await unlessGone(readdir(folder))) ?? [];

/** Others clear up at the same time. */
const unlessGone = <T>(found: Promise<T>): Promise<T | undefined> =>
  found.catch((error: unknown) => {
    if (isFileError(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  });
