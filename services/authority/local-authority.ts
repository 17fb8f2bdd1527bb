import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { exists, writeOnce } from '../keys/write-once.ts';

export type LocalAuthorityFiles = {
  /** In a folder of its own that no process is given: it signs the issuing certificate, and then nothing for years. */
  readonly rootKeyFile: string;
  readonly issuingKeyFile: string;
  /** Public: the issuing certificate, then its root. */
  readonly chainFile: string;
};

/**
 * Makes the authority of a local installation at its first start and finds the same one ever after. The chain comes last:
 * where it is, everything is. Two processes that start at once sign with the same keys, and one chain wins.
 */
export async function ensureLocalAuthority(files: LocalAuthorityFiles): Promise<LocalAuthorityFiles> {
  if (await exists(files.chainFile)) return files;
  await ensureKey(files.rootKeyFile);
  await ensureKey(files.issuingKeyFile);
  // read when it is needed: at every later start it would only cost time
  const { signLocalChain } = await import('./sign-local-chain.ts');
  const [rootKeyPem, issuingKeyPem] = await Promise.all([
    readFile(files.rootKeyFile, 'utf8'),
    readFile(files.issuingKeyFile, 'utf8'),
  ]);
  const chain = await signLocalChain(rootKeyPem, issuingKeyPem, new Date());
  await mkdir(dirname(files.chainFile), { recursive: true });
  await writeOnce(files.chainFile, () => chain);
  await chmod(files.chainFile, 0o644);
  return files;
}

async function ensureKey(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeOnce(file, () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  });
}
