import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { link, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CertusError } from '../../contracts/errors.ts';
import { isFileError, onDisk } from '../files/failure.ts';
import { syncFolder } from '../files/folder.ts';
import { removeFile } from '../files/staged-file.ts';

/** What only this site has. */
export type SiteKeys = {
  /** Of what lies on the disk. */
  readonly seal: Uint8Array;
  /** The same text is the same name each time, and nobody without the key tries out which text it was. */
  readonly nameOf: (purpose: string, text: string) => string;
};

/** Made when there is none yet, and only then: what was sealed with another one is lost. */
export async function openSiteKeys(file: string, mayMake: boolean): Promise<SiteKeys> {
  const known = await readSecret(file);
  if (known !== undefined) return keysOf(known);
  if (!mayMake)
    throw new CertusError('key_unusable', `there is no ${file}, and the spool was sealed with it`);
  await makeSecret(file);
  // somebody else may have been first
  return keysOf((await readSecret(file)) ?? Buffer.alloc(0));
}

function keysOf(secret: Buffer): SiteKeys {
  const derived = (purpose: string) =>
    Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), `certus agent ${purpose}`, 32));
  const names = derived('names');
  return {
    seal: derived('seal'),
    nameOf: (purpose, text) =>
      createHmac('sha256', names).update(`${purpose}\0`).update(text).digest('hex').slice(0, 32),
  };
}

async function readSecret(file: string): Promise<Buffer | undefined> {
  const handle = await open(file).catch((error: unknown) => {
    if (isFileError(error, 'ENOENT')) return undefined;
    throw unusable(`${file} cannot be read`);
  });
  if (handle === undefined) return undefined;
  try {
    const { mode, size } = await handle.stat();
    if ((mode & 0o077) !== 0) throw unusable(`${file} can be read by others; run: chmod 600 ${file}`);
    const [, text = ''] = /^certus-agent-key:([A-Za-z0-9+/]{43}=)\n?$/.exec(
      size > 200 ? '' : await handle.readFile('utf8'),
    ) ?? [''];
    if (text === '') throw unusable(`${file} is no key of an agent`);
    return Buffer.from(text, 'base64');
  } finally {
    await handle.close();
  }
}

/** Under its name once it is whole: half a key in its place would be refused for ever. */
async function makeSecret(file: string): Promise<void> {
  const draft = `${file}.${randomBytes(8).toString('hex')}`;
  await onDisk(`make ${file}`, async () => {
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(`certus-agent-key:${randomBytes(32).toString('base64')}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    try {
      await link(draft, file);
    } catch (error) {
      if (!isFileError(error, 'EEXIST')) throw error;
    } finally {
      await removeFile(draft);
    }
    await syncFolder(dirname(file));
  });
}

const unusable = (message: string): CertusError => new CertusError('key_unusable', message);
