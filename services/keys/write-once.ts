import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, link, open, unlink } from 'node:fs/promises';

/**
 * Creates a file that only its owner can read, unless it exists. It appears whole or not at all, and of two
 * racing processes one wins and both find the winner's content.
 */
export async function writeOnce(
  file: string,
  content: () => string | Promise<string>,
): Promise<'created' | 'exists'> {
  if (await exists(file)) return 'exists';
  const draft = `${file}.${randomUUID()}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(await content());
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(draft, file);
    return 'created';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return 'exists';
    throw error;
  } finally {
    await unlink(draft);
  }
}

export async function exists(file: string): Promise<boolean> {
  try {
    await access(file, constants.F_OK);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
