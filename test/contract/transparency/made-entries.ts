import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { keyId } from '../../../contracts/key-id.ts';
import type { KeySet } from '../../../contracts/keys.ts';
import type { LogEntry } from '../../../contracts/transparency.ts';
import type { LogSigner } from '../../../services/transparency/log-signer.ts';

export const ORIGIN = 'log.example.org/certus';

/** A key of a log that lives in memory, and the set of keys that pins it. */
export function memoryLogSigner(origin = ORIGIN): LogSigner & { readonly keySet: KeySet } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const id = keyId(publicKeyPem);
  return {
    origin,
    keyId: id,
    publicKeyPem,
    sign: async (bytes) => sign(null, bytes, privateKey),
    keySet: {
      schema: 'https://certus.dev/key-set/v1',
      keys: [
        {
          id,
          role: 'log',
          tenant: null,
          public_key_pem: publicKeyPem,
          valid_from: '2026-01-01T00:00:00.000Z',
          valid_until: null,
          origin,
        },
      ],
    },
  };
}

export const newEntry = (more: Partial<LogEntry> = {}): LogEntry => ({
  v: 1,
  kind: 'permit',
  tenant: 'default',
  workspace: 'default',
  test_id: `test_${randomBytes(6).toString('hex')}`,
  name: `permit_${randomBytes(6).toString('hex')}`,
  digest: randomBytes(32).toString('hex'),
  subjects: [randomBytes(32).toString('hex')],
  signer: 'key-1',
  at: '2026-02-01T00:00:00.000Z',
  note: null,
  ...more,
});

export const newEntries = (count: number, more: Partial<LogEntry> = {}): LogEntry[] =>
  Array.from({ length: count }, () => newEntry(more));
