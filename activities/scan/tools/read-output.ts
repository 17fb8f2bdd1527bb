import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { CertusError } from '../../../contracts/errors.ts';

/**
 * A file that a tool has written into its folder. Everything it started has ended, so nothing changes any more; but it may
 * have left a link, a pipe or a device under that name, or under one on the way.
 */
export async function readOutput(folder: string, name: string, maxBytes: number): Promise<Buffer> {
  const expected = join(await realpath(folder), name);
  const actual = await realpath(expected).catch((cause: NodeJS.ErrnoException) => {
    throw new CertusError('report_invalid', 'it wrote no report', { cause });
  });
  if (actual !== expected) throw new CertusError('report_invalid', 'its report leads to another place');
  const file = await open(actual, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const info = await file.stat();
    if (!info.isFile()) throw new CertusError('report_invalid', 'its report is not a file');
    if (info.size > maxBytes)
      throw new CertusError('report_invalid', `its report is larger than ${maxBytes} bytes`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}
