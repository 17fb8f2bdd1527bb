import { createPrivateKey, createPublicKey, generateKeyPair, randomBytes, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { keyId } from '../../contracts/key-id.ts';
import { type KeyRole, KeySet, type TrustedKey } from '../../contracts/keys.ts';
import { ensureLocalAuthority } from '../authority/local-authority.ts';
import { writeOnce } from './write-once.ts';

export type LocalKeys = {
  /** Private keys, each in a folder of the one process that may hold it. */
  readonly evidenceKeyFile: string;
  readonly permitKeyFile: string;
  readonly logKeyFile: string;
  readonly promotionKeyFile: string;
  readonly operatorKeyFile: string;
  /** What the private keys of tenants are sealed with: whoever signs opens them, the API only closes them. */
  readonly sealing: { readonly privateKeyFile: string; readonly publicKeyFile: string };
  /** The built-in authority that issues certificates to newcomers; its root's key lies where no process looks. */
  readonly authority: { readonly keyFile: string; readonly chainFile: string };
  /** What webhooks are signed with: whoever receives them is given it, too. */
  readonly notifySecretFile: string;
  /** Public: what verifiers trust. */
  readonly keySetFile: string;
  /** Public: a PEM file for each role, for stock tools. */
  readonly publicKeyFiles: Readonly<Record<KeyRole, string>>;
};

/** Who holds which private key. */
const HOLDER = {
  evidence: 'assurance',
  permit: 'trust',
  log: 'trust',
  promotion: 'transform',
  operator: 'api',
} as const satisfies Record<KeyRole, string>;

const ROLES = Object.keys(HOLDER) as KeyRole[];

/** Makes the keys of a local installation at its first start and finds the same ones ever after. */
export async function ensureLocalKeys(home: string, logOrigin = 'certus.local/log'): Promise<LocalKeys> {
  const publicFolder = join(home, 'keys', 'public');
  await mkdir(publicFolder, { recursive: true });
  const ofRole = async (role: KeyRole) => {
    const folder = join(home, 'keys', HOLDER[role]);
    const privateFile = await ensurePrivateKey(folder, role, role === 'log' ? ed25519 : p256);
    const publicFile = await publish(publicFolder, role, privateFile);
    return [role, { privateFile, publicFile }] as const;
  };
  const [pairs, sealing, authority, notifySecretFile] = await Promise.all([
    Promise.all(ROLES.map(ofRole)),
    ensureSealing(join(home, 'keys', 'assurance'), publicFolder),
    ensureAuthority(home, publicFolder),
    ensureNotifySecret(join(home, 'keys', HOLDER.promotion)),
  ]);
  const files = Object.fromEntries(pairs) as Record<KeyRole, { privateFile: string; publicFile: string }>;
  const trusted = await Promise.all(
    pairs.map(([role, { privateFile }]) => trust(role, privateFile, logOrigin)),
  );
  return {
    evidenceKeyFile: files.evidence.privateFile,
    permitKeyFile: files.permit.privateFile,
    logKeyFile: files.log.privateFile,
    promotionKeyFile: files.promotion.privateFile,
    operatorKeyFile: files.operator.privateFile,
    sealing,
    authority,
    notifySecretFile,
    keySetFile: await ensureKeySet(join(publicFolder, 'keys.json'), trusted),
    publicKeyFiles: Object.fromEntries(
      pairs.map(([role, { publicFile }]) => [role, publicFile]),
    ) as LocalKeys['publicKeyFiles'],
  };
}

const generate = promisify(generateKeyPair);
const pkcs8 = { type: 'pkcs8', format: 'pem' } as const;
type Generator = () => Promise<string>;
const p256: Generator = async () =>
  (await generate('ec', { namedCurve: 'prime256v1' })).privateKey.export(pkcs8).toString();
/** The one kind that checkpoints of transparency logs are signed with everywhere. */
const ed25519: Generator = async () => (await generate('ed25519')).privateKey.export(pkcs8).toString();
/** Of the common kinds the one with which one half closes what only the other opens. */
const rsa3072: Generator = async () =>
  (await generate('rsa', { modulusLength: 3072 })).privateKey.export(pkcs8).toString();

async function ensurePrivateKey(folder: string, name: string, generator: Generator): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${name}.key.pem`);
  await writeOnce(file, generator);
  return file;
}

async function ensureSealing(privateFolder: string, publicFolder: string): Promise<LocalKeys['sealing']> {
  const privateKeyFile = await ensurePrivateKey(privateFolder, 'sealing', rsa3072);
  return { privateKeyFile, publicKeyFile: await publish(publicFolder, 'sealing', privateKeyFile) };
}

async function ensureNotifySecret(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'notify-secret');
  await writeOnce(file, () => randomBytes(32).toString('base64url'));
  return file;
}

async function ensureAuthority(home: string, publicFolder: string): Promise<LocalKeys['authority']> {
  const { issuingKeyFile: keyFile, chainFile } = await ensureLocalAuthority({
    rootKeyFile: join(home, 'keys', 'authority', 'root.key.pem'),
    issuingKeyFile: join(home, 'keys', 'trust', 'authority.key.pem'),
    chainFile: join(publicFolder, 'authority.pem'),
  });
  return { keyFile, chainFile };
}

async function publicKeyOf(privateKeyFile: string): Promise<string> {
  const privateKey = createPrivateKey(await readFile(privateKeyFile, 'utf8'));
  return createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
}

async function publish(folder: string, name: string, privateKeyFile: string): Promise<string> {
  const file = join(folder, `${name}.pub.pem`);
  await replace(file, await publicKeyOf(privateKeyFile));
  return file;
}

async function trust(role: KeyRole, privateKeyFile: string, origin: string): Promise<TrustedKey> {
  const publicKeyPem = await publicKeyOf(privateKeyFile);
  return {
    id: keyId(publicKeyPem),
    role,
    tenant: role === 'evidence' ? 'default' : null,
    public_key_pem: publicKeyPem,
    // of processes that start at once each must write down the same time
    valid_from: (await stat(privateKeyFile)).mtime.toISOString(),
    valid_until: null,
    ...(role === 'log' ? { origin } : {}),
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
