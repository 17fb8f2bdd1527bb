import { DecryptCommand, EncryptCommand, KMSClient, KMSServiceException } from '@aws-sdk/client-kms';
import { CertusError } from '../../../contracts/errors.ts';
import type { KeyEncryption } from '../key-encryption.ts';

type Kms = {
  /** Id, ARN or alias. */
  readonly key: string;
  readonly endpoint: string | undefined;
  /** Where the key is, unless its ARN says so. */
  readonly region: string;
};

/** A key of AWS KMS, which never leaves it. Who we are the SDK finds out as everywhere on AWS. */
export function openKmsEncryption({ key, endpoint, region }: Kms): KeyEncryption {
  const client = new KMSClient({
    region: /^arn:[^:]+:kms:([^:]+):/.exec(key)?.[1] ?? region,
    ...(endpoint === undefined ? {} : { endpoint }),
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 10_000 },
  });
  return {
    id: `awskms:${key}`,
    formerIds: [],
    wrap: async (dataKey) => {
      const command = new EncryptCommand({ KeyId: key, Plaintext: dataKey, EncryptionContext: CONTEXT });
      return found((await asking(() => client.send(command))).CiphertextBlob);
    },
    unwrap: async (wrapped) => {
      // with the key named, what somebody else's key sealed is not opened by it
      const command = new DecryptCommand({ KeyId: key, CiphertextBlob: wrapped, EncryptionContext: CONTEXT });
      return found((await asking(() => client.send(command))).Plaintext);
    },
  };
}

/** Permissions of the key can be bound to it, and what else is sealed with the same key does not pass for ours. */
const CONTEXT = { 'certus:purpose': 'sealed-signing-key' };

async function asking<T>(command: () => Promise<T>): Promise<T> {
  try {
    return await command();
  } catch (cause) {
    const name = cause instanceof Error ? cause.name : 'unknown';
    if (cause instanceof KMSServiceException && LASTING.has(name))
      throw new CertusError('key_unusable', `KMS refused: ${name}`, { cause });
    throw new CertusError('dependency_unavailable', `KMS cannot be used now: ${name}`, { cause });
  }
}

/** What another try does not mend. */
const LASTING: ReadonlySet<string> = new Set([
  'AccessDeniedException',
  'DisabledException',
  'IncorrectKeyException',
  'InvalidCiphertextException',
  'InvalidGrantTokenException',
  'InvalidKeyUsageException',
  'KMSInvalidStateException',
  'NotFoundException',
  'ValidationException',
]);

function found(bytes: Uint8Array | undefined): Uint8Array {
  if (bytes !== undefined) return bytes;
  throw new CertusError('dependency_unavailable', 'KMS answered without what it was asked for');
}
