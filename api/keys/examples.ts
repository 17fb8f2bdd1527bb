import type { SigningKeyView } from '../../contracts/key-registry.ts';
import type { KeySet } from '../../contracts/keys.ts';

const publicKey = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEh7fF8g09rklF/w+TlxWPb+wxkiTq
q/NkOwaScgsbdcFfvSuUaCnEc08rc3QrVz7mS1mwIKQrn937LonxW5itxA==
-----END PUBLIC KEY-----
`;
const ID = '9301f58a7ae6d0bac54d53ac6e4e524f';

export const keyExample: SigningKeyView = {
  id: ID,
  environment: 'production',
  status: 'active',
  holder: 'certus',
  origin: 'generated',
  algorithm: 'ecdsa-p256',
  public_key_pem: publicKey,
  certificate_pem: null,
  not_before: null,
  not_after: null,
  created_at: '2026-01-01T00:00:00.000Z',
  deactivated_at: null,
  revoked: null,
};

export const inactiveKeyExample: SigningKeyView = {
  ...keyExample,
  status: 'inactive',
  deactivated_at: '2026-02-01T00:00:00.000Z',
};

const revokedKeyExample: SigningKeyView = {
  ...inactiveKeyExample,
  status: 'revoked',
  revoked: { at: '2026-02-01T00:00:00.000Z', reason: 'key_compromise', invalid_since: null },
};

export const revocationExample = {
  ...revokedKeyExample,
  affected: { permits: 3, published: 2, signatures: 0, attached: 0, unknown: 0 },
};

export const keySetExample: KeySet = {
  schema: 'https://certus.dev/key-set/v1',
  keys: [
    {
      id: ID,
      role: 'evidence',
      tenant: 'default',
      public_key_pem: publicKey,
      valid_from: '2026-01-01T00:00:00.000Z',
      valid_until: null,
      environment: 'production',
    },
  ],
};

export const pendingExample = {
  order_id: 'order_0123456789abcdef0123456789abcdef',
  state: 'pending' as const,
};

export const uploadExample = {
  environment: 'production',
  certificate_pem: '(content of cert.pem)',
  private_key_pem: '(content of key.pem)',
};
