import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type KeyRole, KeySet, type TrustedKey } from '../../contracts/keys.ts';
import { openFileSigner } from './file-signer.ts';
import { writeOnce } from './write-once.ts';

export type LocalKeys = {
  /** Private keys, each in a folder of the one zone that may hold it. */
  readonly evidenceKeyFile: string;
  readonly permitKeyFile: string;
  readonly promotionKeyFile: string;
  /** Public: what verifiers trust. */
  readonly keySetFile: string;
  /** Public: a PEM file for each role, for stock tools. */
  readonly publicKeyFiles: Readonly<Record<KeyRole, string>>;
};

/** Makes the keys of a local installation at its first start and finds the same ones ever after. */
export async function ensureLocalKeys(home: string): Promise<LocalKeys> {
  const publicFolder = join(home, 'keys', 'public');
  await mkdir(publicFolder, { recursive: true });
  const evidenceKeyFile = await ensurePrivateKey(join(home, 'keys', 'assurance'), 'evidence');
  const permitKeyFile = await ensurePrivateKey(join(home, 'keys', 'trust'), 'permit');
  const promotionKeyFile = await ensurePrivateKey(join(home, 'keys', 'transform'), 'promotion');
  const publicKeyFiles = {
    evidence: await publish(publicFolder, 'evidence', evidenceKeyFile),
    permit: await publish(publicFolder, 'permit', permitKeyFile),
    promotion: await publish(publicFolder, 'promotion', promotionKeyFile),
  };
  const keySetFile = await ensureKeySet(join(publicFolder, 'keys.json'), [
    await trusted('evidence', 'default', evidenceKeyFile),
    await trusted('permit', null, permitKeyFile),
    await trusted('promotion', null, promotionKeyFile),
  ]);
  return { evidenceKeyFile, permitKeyFile, promotionKeyFile, keySetFile, publicKeyFiles };
}

async function ensurePrivateKey(folder: string, role: KeyRole): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${role}.key.pem`);
  await writeOnce(file, () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  });
  return file;
}

async function publish(folder: string, role: KeyRole, privateKeyFile: string): Promise<string> {
  const file = join(folder, `${role}.pub.pem`);
  await replace(file, (await openFileSigner(privateKeyFile)).publicKeyPem);
  return file;
}

async function trusted(role: KeyRole, tenant: string | null, privateKeyFile: string): Promise<TrustedKey> {
  const { keyId, publicKeyPem } = await openFileSigner(privateKeyFile);
  return {
    id: keyId,
    role,
    tenant,
    public_key_pem: publicKeyPem,
    // of processes that start at once each must write down the same time
    valid_from: (await stat(privateKeyFile)).mtime.toISOString(),
    valid_until: null,
  };
}

/** Adds keys that are new and keeps every key that was ever trusted: what it signed must stay verifiable. */
async function ensureKeySet(file: string, current: readonly TrustedKey[]): Promise<string> {
  const known = await readKeys(file);
  const added = current.filter(
    (key) => !known.some((other) => other.id === key.id && other.role === key.role),
  );
  if (added.length > 0) {
    const keySet = KeySet.parse({ schema: 'https://certus.dev/key-set/v1', keys: [...known, ...added] });
    await replace(file, `${JSON.stringify(keySet, null, 2)}\n`);
  }
  return file;
}

async function readKeys(file: string): Promise<TrustedKey[]> {
  try {
    return KeySet.parse(JSON.parse(await readFile(file, 'utf8'))).keys;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function replace(file: string, content: string): Promise<void> {
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, content);
  await rename(draft, file);
}
