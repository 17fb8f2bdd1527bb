import { open } from 'node:fs/promises';
import { CertusError } from '../../contracts/errors.ts';

/** A secret that two sides share. One that others can read, or guess, is none: it is refused, not warned about. */
export async function readSecretFile(file: string): Promise<Uint8Array> {
  const handle = await open(file).catch((cause: unknown) => {
    throw new CertusError('key_unusable', `cannot open the secret ${file}`, { cause });
  });
  try {
    const { mode } = await handle.stat();
    if ((mode & 0o077) !== 0)
      throw new CertusError('key_unusable', `${file} can be read by others; run: chmod 600 ${file}`);
    const secret = (await handle.readFile('utf8')).trim();
    if (secret.length < 16)
      throw new CertusError('key_unusable', `the secret in ${file} is shorter than 16 characters`);
    return Buffer.from(secret);
  } finally {
    await handle.close();
  }
}
