import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeOnce } from './write-once.ts';

/** Makes the token of a local installation at its first start; whoever can read the file may use the API. */
export async function ensureLocalToken(home: string): Promise<string> {
  await mkdir(home, { recursive: true });
  const file = join(home, 'token');
  await writeOnce(file, () => `certus_${randomBytes(32).toString('base64url')}\n`);
  return file;
}
