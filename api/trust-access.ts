import { readFile } from 'node:fs/promises';
import { CertusError } from '../contracts/errors.ts';
import { KeySet } from '../contracts/keys.ts';
import { parseTrustedRoot } from '../domain/sigstore/trusted-root.ts';
import { ConfigurationError } from '../services/config/load.ts';
import type { SettingName, Settings } from '../services/config/settings.ts';
import type { Database } from '../services/database/database.ts';
import { openKeyEncryption } from '../services/keys/encryption/open-key-encryption.ts';
import { openFileSigner } from '../services/keys/file-signer.ts';
import type { ObjectStore } from '../services/objects/store.ts';
import { openTransparencyReader } from '../services/transparency/open-reader.ts';
import { whenNeeded } from './api-objects.ts';
import type { TrustAccess } from './deps.ts';

type TrustSettings = Settings & {
  readonly CERTUS_KEY_SET_FILE: string;
  readonly CERTUS_OPERATOR_KEY_FILE: string;
};
type Servers = { readonly database: Database; readonly store: ObjectStore };

/** What the API holds of Trust: public keys, what orders are signed with, and what keys are sealed with. */
export async function openTrustAccess(
  settings: TrustSettings,
  { database, store }: Servers,
): Promise<TrustAccess> {
  const { CERTUS_TRUSTED_ROOT_FILE: root, CERTUS_AUTHORITY_CHAIN_FILE: chain } = settings;
  return {
    keySet: await named('CERTUS_KEY_SET_FILE', async () =>
      KeySet.parse(JSON.parse(await readFile(settings.CERTUS_KEY_SET_FILE, 'utf8'))),
    ),
    operator: await named('CERTUS_OPERATOR_KEY_FILE', () =>
      openFileSigner(settings.CERTUS_OPERATOR_KEY_FILE),
    ),
    keyEncryption: await named('CERTUS_KEY_ENCRYPTION', () => openKeyEncryption(settings)),
    sealedKeys: whenNeeded(() => store.bucket(settings.CERTUS_KEYS_BUCKET)),
    log: openTransparencyReader(database),
    trustedRoot:
      root === undefined
        ? undefined
        : await named('CERTUS_TRUSTED_ROOT_FILE', async () => parseTrustedRoot(await readFile(root))),
    authorityChain:
      chain === undefined
        ? undefined
        : await named('CERTUS_AUTHORITY_CHAIN_FILE', () => readFile(chain, 'utf8')),
  };
}

/** A file that cannot be used is a fault of the configuration, told under the name by which it is set. */
async function named<T>(setting: SettingName, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    const expected = error instanceof CertusError || error instanceof SyntaxError || isFileError(error);
    const reason = expected ? (error as Error).message : 'it cannot be used as it is';
    throw new ConfigurationError([`${setting}: ${reason}`]);
  }
}

const isFileError = (error: unknown): boolean =>
  error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string';
