import { isAbsolute } from 'node:path';
import { CertusError } from '../../../contracts/errors.ts';
import type { Settings } from '../../config/settings.ts';
import type { KeyEncryption } from '../key-encryption.ts';
import { openFileEncryption } from './file-encryption.ts';

type Needed = Pick<
  Settings,
  | 'CERTUS_KEY_ENCRYPTION'
  | 'CERTUS_VAULT_ADDRESS'
  | 'CERTUS_VAULT_TOKEN_FILE'
  | 'CERTUS_KMS_ENDPOINT'
  | 'CERTUS_S3_REGION'
>;

/** What private keys of tenants are sealed with. AWS's client is loaded only where it is used. */
export async function openKeyEncryption(settings: Needed): Promise<KeyEncryption | undefined> {
  const place = settings.CERTUS_KEY_ENCRYPTION;
  if (place === undefined) return undefined;
  if (isAbsolute(place)) return openFileEncryption(place);
  if (place.startsWith('vault:')) {
    const { openVaultEncryption } = await import('./vault-encryption.ts');
    return openVaultEncryption({
      address: required(settings.CERTUS_VAULT_ADDRESS, 'CERTUS_VAULT_ADDRESS'),
      tokenFile: required(settings.CERTUS_VAULT_TOKEN_FILE, 'CERTUS_VAULT_TOKEN_FILE'),
      path: place.slice('vault:'.length),
    });
  }
  const { openKmsEncryption } = await import('./kms-encryption.ts');
  return openKmsEncryption({
    key: place.slice('awskms:'.length),
    endpoint: settings.CERTUS_KMS_ENDPOINT,
    region: settings.CERTUS_S3_REGION,
  });
}

function required(value: string | undefined, name: string): string {
  if (value !== undefined) return value;
  throw new CertusError('key_unusable', `CERTUS_KEY_ENCRYPTION names Vault: set ${name}, too`);
}
