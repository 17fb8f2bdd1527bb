import { createPublicKey } from 'node:crypto';
import { type Bundle, isBundleWithDsseEnvelope } from '@sigstore/bundle';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import { ComplianceSampleStatement } from '../../contracts/enrolment.ts';
import { CertusError } from '../../contracts/errors.ts';
import type { Environment } from '../../contracts/keys.ts';
import { PAYLOAD_TYPE, PREDICATE, STATEMENT_TYPE } from '../../contracts/statements.ts';
import { sha256 } from '../custody/digest.ts';
import { holdsUnder } from '../custody/holds-under.ts';
import { parseBundle } from '../sigstore/parse-bundle.ts';
import { SigstoreError } from '../sigstore/sigstore-error.ts';
import { readStrictJson } from '../sigstore/strict-json.ts';

export type ExpectedSample = {
  readonly enrolmentId: string;
  readonly keyId: string;
  readonly environment: Environment;
  readonly challenge: string;
};

/** What a newcomer signs. */
export const sampleStatement = (sample: ExpectedSample): ComplianceSampleStatement => ({
  _type: STATEMENT_TYPE,
  subject: [{ name: sample.enrolmentId, digest: { sha256: sha256(sample.challenge) } }],
  predicateType: PREDICATE.complianceSample,
  predicate: {
    enrolment_id: sample.enrolmentId,
    key_id: sample.keyId,
    environment: sample.environment,
    challenge: sample.challenge,
  },
});

/** Throws `sample_invalid` unless it is the statement of this enrolment, signed with the very key of its request. */
export function checkSample(sample: string, publicKeyPem: string, expected: ExpectedSample): void {
  const bundle = bundleOf(sample);
  if (!isBundleWithDsseEnvelope(bundle)) throw wrong('it carries no statement');
  const { payload, payloadType, signatures } = bundle.content.dsseEnvelope;
  if (payloadType !== PAYLOAD_TYPE || signatures.length !== 1)
    throw wrong('it is not one in-toto statement with one signature');
  if (!holdsUnder(() => createPublicKey(publicKeyPem), bundle))
    throw wrong('its signature does not hold under the key of the request');
  if (!says(payload, expected)) throw wrong('it does not say what this enrolment asks for');
}

function bundleOf(sample: string): Bundle {
  try {
    return parseBundle(Buffer.from(sample));
  } catch (error) {
    if (!(error instanceof SigstoreError)) throw error;
    throw wrong(error.message);
  }
}

/** Compared as a whole: a field more or less is another statement. */
function says(payload: Uint8Array, expected: ExpectedSample): boolean {
  const parsed = ComplianceSampleStatement.safeParse(jsonOf(payload));
  return parsed.success && canonicalJson(parsed.data) === canonicalJson(sampleStatement(expected));
}

function jsonOf(payload: Uint8Array): unknown {
  try {
    return readStrictJson(payload, payload.byteLength);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

const wrong = (why: string): CertusError =>
  new CertusError('sample_invalid', `the sample is not accepted: ${why}`);
