import { randomBytes } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeFile } from './staged-file.ts';

/** A file that only its handle leads to: the system takes it back when that is closed, even by kill -9. */
export const openNamelessFile = async (): Promise<FileHandle> => {
  const path = join(tmpdir(), `certus-upload-${randomBytes(12).toString('hex')}`);
  const handle = await open(path, 'wx+', 0o600);
  await removeFile(path);
  return handle;
};
