import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import {
  readSanitizeSecret,
  SANITIZE_SECRET_BYTES,
  type SanitizeKey,
  tenantSanitizeKey,
  writeSanitizeSecret,
} from '../../domain/sanitize/operators/sanitize-key.ts';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-codes.ts';

/** In a file that only its owner can read. One that is there already is never written over: its pseudonyms would be lost. */
export async function makeSanitizeKey(file: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST')
      throw new CommandError(
        'file_exists',
        EXIT.usage,
        `${file} is there already: a key is never written over`,
      );
    throw new CommandError('cannot_write', EXIT.notAllowed, `cannot write ${file}: ${error.code}`, error);
  });
  try {
    await handle.writeFile(writeSanitizeSecret(randomBytes(SANITIZE_SECRET_BYTES)));
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export async function readSanitizeKey(file: string, tenant: string): Promise<SanitizeKey> {
  const handle = await open(file).catch((error: NodeJS.ErrnoException) => {
    throw new CommandError('key_unusable', EXIT.notFound, `cannot open ${file}: ${error.code}`, error);
  });
  try {
    const { mode, size } = await handle.stat();
    if ((mode & 0o077) !== 0)
      throw new CommandError(
        'key_unusable',
        EXIT.badData,
        `${file} can be read by others; run: chmod 600 ${file}`,
      );
    const text = size > MAX_BYTES ? '' : await handle.readFile('utf8');
    return tenantSanitizeKey(readSanitizeSecret(text), tenant);
  } finally {
    await handle.close();
  }
}

const MAX_BYTES = 1024;
