import type { KeyObject } from 'node:crypto';
import { type Bundle, isBundleWithDsseEnvelope, isBundleWithPublicKey } from '@sigstore/bundle';
import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import { PAYLOAD_TYPE, SIGSTORE_BUNDLE_MEDIA_TYPE } from '../../contracts/statements.ts';
import { sha256 } from '../custody/digest.ts';
import { holdsUnder } from '../custody/holds-under.ts';
import { parseBundle } from '../sigstore/parse-bundle.ts';
import { SigstoreError } from '../sigstore/sigstore-error.ts';
import { readStrictJson } from '../sigstore/strict-json.ts';

export type ManifestBundle = { readonly bundle: Bundle };

/** Believes nothing yet: only that it is a bundle, and that what it says is said of this manifest. */
export function parseManifestBundle(bytes: Uint8Array, manifest: Uint8Array): ManifestBundle {
  let bundle: Bundle;
  try {
    bundle = parseBundle(bytes);
  } catch (error) {
    if (!(error instanceof SigstoreError)) throw error;
    throw invalid(`the signature is not a bundle of the type ${SIGSTORE_BUNDLE_MEDIA_TYPE}`);
  }
  if (bundle.mediaType !== SIGSTORE_BUNDLE_MEDIA_TYPE)
    throw invalid(`the signature is not a bundle of the type ${SIGSTORE_BUNDLE_MEDIA_TYPE}`);
  if (!isBundleWithPublicKey(bundle))
    throw invalid('the manifest was signed with a certificate; only signatures of a key are believed');
  if (isBundleWithDsseEnvelope(bundle)) requireSubject(bundle.content.dsseEnvelope, manifest);
  // An entry in a log says when something was signed, and who asks for a key's signature does not ask that.
  bundle.verificationMaterial.tlogEntries = [];
  bundle.verificationMaterial.timestampVerificationData = undefined;
  return { bundle };
}

type Envelope = {
  readonly payload: Buffer;
  readonly payloadType: string;
  readonly signatures: readonly unknown[];
};

function requireSubject({ payload, payloadType, signatures }: Envelope, manifest: Uint8Array): void {
  if (payloadType !== PAYLOAD_TYPE || signatures.length !== 1)
    throw invalid('the bundle is not one in-toto statement with one signature');
  const statement = Statement.safeParse(parseJson(payload));
  if (!statement.success) throw invalid('the bundle holds no in-toto statement');
  const digest = sha256(manifest);
  if (!statement.data.subject.some((subject) => subject.digest.sha256 === digest))
    throw invalid('the statement speaks of another file');
}

const Statement = z.object({
  _type: z.string().startsWith('https://in-toto.io/Statement/'),
  subject: z.array(z.object({ digest: z.object({ sha256: z.string().optional() }) })),
});

function parseJson(payload: Buffer): unknown {
  try {
    return readStrictJson(payload, payload.byteLength);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

export const verifyManifestBundle = (
  { bundle }: ManifestBundle,
  manifest: Uint8Array,
  publicKey: KeyObject,
): boolean => holdsUnder(() => publicKey, bundle, manifest);

const invalid = (message: string) => new CertusError('manifest_signature_invalid', message);
