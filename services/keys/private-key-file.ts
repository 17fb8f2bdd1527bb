import { createPrivateKey, type KeyObject } from 'node:crypto';
import { open } from 'node:fs/promises';
import { CertusError } from '../../contracts/errors.ts';

/** A private key in PEM. One that others can read is no longer a secret: it is refused, not warned about. */
export async function readPrivateKeyFile(file: string): Promise<KeyObject> {
  const pem = await readPrivate(file);
  try {
    return createPrivateKey(pem);
  } catch {
    // the parser's own error may quote the file, so it is not passed on
    throw new CertusError('key_unusable', `${file} is not a private key in PEM`);
  }
}

async function readPrivate(file: string): Promise<string> {
  const handle = await open(file).catch((cause: unknown) => {
    throw new CertusError('key_unusable', `cannot open the private key ${file}`, { cause });
  });
  try {
    const { mode } = await handle.stat();
    if ((mode & 0o077) !== 0)
      throw new CertusError('key_unusable', `${file} can be read by others; run: chmod 600 ${file}`);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}
