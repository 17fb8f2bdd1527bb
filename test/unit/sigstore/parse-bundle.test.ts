import { describe, expect, test } from '@jest/globals';
import { bundleFromJSON } from '@sigstore/bundle';
import { parseBundle } from '../../../domain/sigstore/parse-bundle.ts';
import { encode, type Loose, startSigstore } from './mock-sigstore.ts';

const mock = await startSigstore();

/** Everything that is optional, there, absent and null. */
const changes: readonly [string, (bundle: Loose) => void][] = [
  ['as it was made', () => undefined],
  ['under a key', (bundle) => setSigner(bundle, { publicKey: { hint: 'somebody' } })],
  ['under a key without a hint', (bundle) => setSigner(bundle, { publicKey: {} })],
  ['without entries', (bundle) => delete bundle.verificationMaterial.tlogEntries],
  [
    'with nothing where proofs could be',
    ({ verificationMaterial }) => {
      verificationMaterial.tlogEntries = null;
      verificationMaterial.timestampVerificationData = null;
    },
  ],
  [
    'without timestamps',
    ({ verificationMaterial }) => {
      verificationMaterial.timestampVerificationData = { rfc3161Timestamps: null };
    },
  ],
  [
    'with numbers for texts, and without noughts',
    ({ verificationMaterial }) => {
      for (const entry of verificationMaterial.tlogEntries) {
        entry.logIndex = Number(entry.logIndex);
        delete entry.integratedTime;
        delete entry.inclusionProof.logIndex;
        entry.inclusionProof.treeSize = Number(entry.inclusionProof.treeSize);
        entry.inclusionPromise = null;
      }
    },
  ],
  [
    'of the first version, with a chain',
    (bundle) => {
      const { rawBytes } = bundle.verificationMaterial.certificate;
      bundle.mediaType = 'application/vnd.dev.sigstore.bundle+json;version=0.1';
      setSigner(bundle, { x509CertificateChain: { certificates: [{ rawBytes }] } });
      for (const entry of bundle.verificationMaterial.tlogEntries) {
        entry.inclusionPromise = { signedEntryTimestamp: 'AAAA' };
        delete entry.inclusionProof.checkpoint;
      }
    },
  ],
];

describe.each(['message', 'statement'] as const)('reads a bundle over a %s like the library does', (kind) => {
  describe.each([1, 2] as const)('with an entry of version %d', (rekor) => {
    test.each(changes)('%s', async (_, change) => {
      const json = await mock.sealed({ kind, rekor });
      change(json);
      expect(parseBundle(encode(json))).toEqual(bundleFromJSON(json));
    });
  });
});

test('refuses what the library refuses: a version without its proofs, a chain where none may be', async () => {
  const wrong: readonly ((bundle: Loose) => void)[] = [
    (bundle) => delete bundle.verificationMaterial.tlogEntries[0].inclusionProof,
    (bundle) => delete bundle.verificationMaterial.tlogEntries[0].inclusionProof.checkpoint,
    (bundle) => setSigner(bundle, { x509CertificateChain: { certificates: [{ rawBytes: 'AAAA' }] } }),
    (bundle) => setSigner(bundle, { certificate: { rawBytes: '' } }),
    ({ dsseEnvelope }) => {
      dsseEnvelope.payload = '';
    },
    ({ dsseEnvelope }) => {
      dsseEnvelope.signatures[0].sig = '';
    },
  ];
  for (const change of wrong) {
    const json = await mock.sealed({ kind: 'statement', rekor: 1 });
    change(json);
    expect(() => bundleFromJSON(json)).toThrow();
    expect(() => parseBundle(encode(json))).toThrow('it lacks');
  }
});

test('refuses base64 that the library would take', async () => {
  for (const payload of ['AA', 'AB==', 'AAA A', 'AA-_']) {
    const json = await mock.sealed({ kind: 'statement', rekor: 1 });
    json.dsseEnvelope.payload = payload;
    expect(() => bundleFromJSON(json)).not.toThrow();
    expect(() => parseBundle(encode(json))).toThrow('dsseEnvelope.payload: it is not canonical base64');
  }
});

function setSigner({ verificationMaterial }: Loose, signer: Loose): void {
  delete verificationMaterial.certificate;
  Object.assign(verificationMaterial, signer);
}
