import { randomBytes } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { onDisk } from '../files/failure.ts';
import { syncFolder } from '../files/folder.ts';
import { removeFile } from '../files/staged-file.ts';

/** There whole, also after a power cut, or not at all. */
export async function writeDurably(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  const draft = join(folder, `.${randomBytes(12).toString('hex')}`);
  await onDisk(`write to ${folder}`, async () => {
    try {
      const handle = await open(draft, 'wx', 0o600);
      try {
        await handle.writeFile(bytes);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(draft, join(folder, name));
      await syncFolder(folder);
    } finally {
      await removeFile(draft);
    }
  });
}
