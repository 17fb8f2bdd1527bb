import type { Bundle } from '@sigstore/bundle';
import type { z } from 'zod';
import type { BundleShape } from './bundle-shape.ts';
import { SigstoreError } from './sigstore-error.ts';

type Shape = z.output<typeof BundleShape>;
type Material = Shape['verificationMaterial'];

/**
 * A bundle as the library has it in memory. The library's own reader would decode every field a second time, which takes
 * longer than all that we look at in a bundle of a key.
 */
export function bundleMessage({
  mediaType,
  verificationMaterial,
  messageSignature,
  dsseEnvelope,
}: Shape): Bundle {
  return {
    mediaType,
    verificationMaterial: {
      content: signerOf(verificationMaterial),
      tlogEntries: (verificationMaterial.tlogEntries ?? []).map(logEntry),
      timestampVerificationData: timestampsOf(verificationMaterial),
    },
    content: contentOf(messageSignature, dsseEnvelope),
  };
}

function signerOf({
  publicKey,
  certificate,
  x509CertificateChain,
}: Material): Bundle['verificationMaterial']['content'] {
  if (publicKey != null) return { $case: 'publicKey', publicKey };
  if (x509CertificateChain != null) return { $case: 'x509CertificateChain', x509CertificateChain };
  if (certificate != null) return { $case: 'certificate', certificate };
  throw incomplete('a signer');
}

type Entry = NonNullable<Material['tlogEntries']>[number];
type LogEntryMessage = Bundle['verificationMaterial']['tlogEntries'][number];

const logEntry = ({ inclusionProof, inclusionPromise, ...entry }: Entry): LogEntryMessage => ({
  ...entry,
  logIndex: String(entry.logIndex),
  integratedTime: String(entry.integratedTime ?? 0),
  inclusionPromise: inclusionPromise ?? undefined,
  inclusionProof: inclusionProof == null ? undefined : proof(inclusionProof),
});

const proof = ({ checkpoint, ...path }: NonNullable<Entry['inclusionProof']>) => ({
  ...path,
  logIndex: String(path.logIndex),
  treeSize: String(path.treeSize),
  checkpoint: checkpoint ?? undefined,
});

function timestampsOf({ timestampVerificationData }: Material) {
  return timestampVerificationData == null
    ? undefined
    : { rfc3161Timestamps: timestampVerificationData.rfc3161Timestamps ?? [] };
}

function contentOf(message: Shape['messageSignature'], envelope: Shape['dsseEnvelope']): Bundle['content'] {
  if (message != null) {
    const { algorithm, digest } = message.messageDigest;
    return {
      $case: 'messageSignature',
      messageSignature: {
        messageDigest: { algorithm: ALGORITHMS[algorithm], digest },
        signature: message.signature,
      },
    };
  }
  if (envelope == null) throw incomplete('a signature');
  const signatures = envelope.signatures.map(({ sig, keyid }) => ({ sig, keyid: keyid ?? '' }));
  return { $case: 'dsseEnvelope', dsseEnvelope: { ...envelope, signatures } };
}

/** By number in the protobuf definitions of Sigstore. */
const ALGORITHMS = { SHA2_256: 1, SHA2_384: 2, SHA2_512: 3 } as const;

const incomplete = (what: string) =>
  new SigstoreError('bundle_malformed', `it is not a Sigstore bundle: it lacks ${what}`);
