import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { draftPrefix } from '../sweep-checkouts.ts';

/** A folder for one run of a tool, under a name by which the next worker knows it for a killed one's and sweeps it away. */
export async function withPrivateFolder<T>(
  workFolder: string,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(workFolder, draftPrefix()));
  try {
    return await work(folder);
  } finally {
    await removeWhatIsHostile(folder);
  }
}

/** What a tool has left may have no permissions, or paths too long for anyone who does not go step by step as `rm` does. */
async function removeWhatIsHostile(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch {
    const run = promisify(execFile);
    await run('chmod', ['-R', 'u+rwX', '--', folder]).catch(() => undefined); // rm says what is still wrong
    await run('rm', ['-rf', '--', folder]);
  }
}
