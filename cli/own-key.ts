import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { access, open } from 'node:fs/promises';
import { CommandError } from './command-error.ts';
import { EXIT } from './exit-codes.ts';

/** The private key in a file that only its owner can read; made when there is none, and never written over. */
export async function ownKey(file: string): Promise<KeyObject> {
  if (!(await fileIsThere(file))) return makeKey(file);
  const handle = await open(file);
  try {
    if (((await handle.stat()).mode & 0o077) !== 0)
      throw unusable(`${file} can be read by others; run: chmod 600 ${file}`);
    return parse(file, await handle.readFile('utf8'));
  } finally {
    await handle.close();
  }
}

export async function fileIsThere(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

async function makeKey(file: string): Promise<KeyObject> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const handle = await open(file, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw new CommandError('cannot_write', EXIT.notAllowed, `cannot write ${file}: ${error.code}`, error);
  });
  try {
    await handle.writeFile(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    // lost after its certificate was issued it would be of no use to anybody
    await handle.sync();
  } finally {
    await handle.close();
  }
  return privateKey;
}

function parse(file: string, pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    // the parser's own error may quote the file, so it is not passed on
    throw unusable(`${file} is not a private key in PEM`);
  }
  if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key;
  throw unusable(`${file} is not an EC P-256 key`);
}

const unusable = (why: string): CommandError => new CommandError('key_unusable', EXIT.badData, why);
