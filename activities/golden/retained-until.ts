import pMap from 'p-map';
import type { DeletionInput } from '../../contracts/deletion.ts';
import { goldenPrefix } from '../../contracts/object-keys.ts';
import { isDeleted } from '../custody/is-taken-away.ts';
import { requireDeletionCause } from './deletion-cause.ts';
import type { DeletionDeps, Run } from './deletion-deps.ts';
import { isKept, readKept } from './kept-copy.ts';

/**
 * Until when the store lets nobody remove the files of a copy; null when it would now. Asked before anything is said or done,
 * and with the reason for it: whatever is refused is refused before somebody waits for years.
 */
export async function mayBeDeletedAt(deps: DeletionDeps, input: DeletionInput): Promise<string | null> {
  const copy = await readKept(deps, input, input.bundleDigest);
  if (await isDeleted(deps.golden, input)) return null;
  await requireDeletionCause(deps, input, copy);
  return (await retainedUntil(deps, input, isFile))?.toISOString() ?? null;
}

const isFile = (path: string): boolean => !isKept(path);

/** The latest of all of them. */
export async function retainedUntil(
  { golden }: Pick<DeletionDeps, 'golden'>,
  { scope, testId }: Run,
  wanted: (path: string) => boolean,
): Promise<Date | undefined> {
  const prefix = goldenPrefix(scope, testId);
  const keys: string[] = [];
  for await (const { key } of golden.list(prefix)) if (wanted(key.slice(prefix.length))) keys.push(key);
  const times = await pMap(keys, async (key) => (await golden.head(key))?.retainUntil, { concurrency: 16 });
  return times.reduce((latest, time) => (time && (!latest || time > latest) ? time : latest), undefined);
}
