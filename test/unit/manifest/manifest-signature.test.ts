import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { CertusError } from '../../../contracts/errors.ts';
import { keyId } from '../../../contracts/key-id.ts';
import { readManifestKeys } from '../../../domain/manifest/manifest-keys.ts';
import { verifyManifestSignature } from '../../../domain/manifest/verify-manifest-signature.ts';
import { bytesOf, manifestSigner } from './signing.ts';

const MANIFEST = Buffer.from('product: shop\n');
const ALTERED = Buffer.from('product: shoq\n');
const team = manifestSigner();
const former = manifestSigner();
const stranger = manifestSigner();
const KEYS = readManifestKeys(`# who may sign\n${former.pem}\n${team.pem}`);

const outcome = (signature: Uint8Array, manifest: Uint8Array = MANIFEST, keys = KEYS): string => {
  try {
    return verifyManifestSignature(manifest, signature, keys);
  } catch (error) {
    if (!(error instanceof CertusError)) throw error;
    return error.code;
  }
};

const FORMS: [string, (signer: typeof team, manifest: Uint8Array) => Uint8Array][] = [
  ['a bundle over the file', (signer, manifest) => bytesOf(signer.message(manifest))],
  ['a statement about the file', (signer, manifest) => bytesOf(signer.statement(manifest))],
  ['base64', (signer, manifest) => signer.base64(manifest)],
  ['bytes', (signer, manifest) => signer.raw(manifest)],
];

describe.each(FORMS)('a signature as %s', (_, made) => {
  test('names whoever made it', () => {
    expect(outcome(made(team, MANIFEST))).toBe(keyId(team.pem));
    expect(outcome(made(former, MANIFEST))).toBe(keyId(former.pem));
  });

  test('of a stranger, of another file, or where nobody is trusted, is none', () => {
    expect(outcome(made(stranger, MANIFEST))).toBe('manifest_signature_invalid');
    expect(outcome(made(team, ALTERED))).toBe('manifest_signature_invalid');
    expect(outcome(made(team, MANIFEST), ALTERED)).toBe('manifest_signature_invalid');
    expect(outcome(made(team, MANIFEST), MANIFEST, [])).toBe('manifest_signature_invalid');
  });
});

test.each([
  ['P-384', generateKeyPairSync('ec', { namedCurve: 'P-384' })],
  ['Ed25519', generateKeyPairSync('ed25519')],
  ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 })],
])('a key of type %s may sign too', (_, pair) => {
  const signer = manifestSigner(pair);
  const keys = readManifestKeys(signer.pem);
  expect(outcome(signer.base64(MANIFEST), MANIFEST, keys)).toBe(keyId(signer.pem));
  expect(outcome(signer.base64(MANIFEST), ALTERED, keys)).toBe('manifest_signature_invalid');
});

describe('a bundle', () => {
  const message = () => team.message(MANIFEST);

  test('that also stands in a log holds by its key alone', () => {
    const logged = message();
    logged.verificationMaterial.tlogEntries = [
      {
        logIndex: '1',
        logId: { keyId: 'AAAA' },
        kindVersion: { kind: 'hashedrekord', version: '0.0.1' },
        integratedTime: '1700000000',
        canonicalizedBody: 'AAAA',
        inclusionProof: {
          logIndex: '1',
          rootHash: 'AAAA',
          treeSize: '2',
          hashes: [],
          checkpoint: { envelope: 'x' },
        },
      },
    ];
    expect(outcome(bytesOf(logged))).toBe(keyId(team.pem));
    logged.messageSignature.signature = stranger.message(MANIFEST).messageSignature.signature;
    expect(outcome(bytesOf(logged))).toBe('manifest_signature_invalid');
  });

  test.each<[string, unknown]>([
    [
      'of another version',
      { ...message(), mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.2' },
    ],
    [
      'of a certificate',
      { ...message(), verificationMaterial: { certificate: { rawBytes: 'AAAA' }, tlogEntries: [] } },
    ],
    ['without a signature', { ...message(), messageSignature: undefined }],
    ['with the digest of another file and its signature', team.message(ALTERED)],
    ['that says nothing', {}],
    [
      'about another file',
      team.statement(MANIFEST, { subject: [{ name: 'm', digest: { sha256: '0'.repeat(64) } }] }),
    ],
    ['about nothing', team.statement(MANIFEST, { subject: [] })],
    ['that is no statement', team.statement(MANIFEST, { _type: 'https://example.org' })],
    ['of another payload', team.statement(MANIFEST, {}, 'text/plain')],
  ])('%s is none', (_, bundle) => {
    expect(outcome(bytesOf(bundle))).toBe('manifest_signature_invalid');
  });

  test('whose statement was changed afterwards is none', () => {
    const bundle = team.statement(ALTERED);
    bundle.dsseEnvelope.payload = team.statement(MANIFEST).dsseEnvelope.payload;
    expect(outcome(bytesOf(bundle))).toBe('manifest_signature_invalid');
  });
});

test.each(['', '{', 'AAAA', '\0', 'not a signature', 'A'.repeat(100_001)])(
  'junk is no signature: %.20j',
  (junk) => {
    expect(outcome(Buffer.from(junk))).toBe('manifest_signature_invalid');
  },
);

describe('a file of keys', () => {
  const pem = (pair: { privateKey: import('node:crypto').KeyObject }) =>
    pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  test.each([
    ['nothing', ''],
    ['a private key', pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }))],
    ['a private key beside a public one', `${team.pem}${pem(generateKeyPairSync('ed25519'))}`],
    ['a key that is none', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'],
    ['a short key', manifestSigner(generateKeyPairSync('rsa', { modulusLength: 1024 })).pem],
    [
      'a key for something else',
      generateKeyPairSync('x25519').publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    ],
  ])('with %s is refused', (_, text) => {
    expect(() => readManifestKeys(text)).toThrow(expect.objectContaining({ code: 'key_unusable' }));
  });
});
