import type { Bundle } from '@sigstore/bundle';
import { parseBundle } from '../sigstore/parse-bundle.ts';
import { SigstoreError } from '../sigstore/sigstore-error.ts';
import { readStrictJson } from '../sigstore/strict-json.ts';
import { CustodyError } from './custody-error.ts';

/**
 * A bundle of which there is one reading: where a field stands twice, is not known, or is base64 that others would not take,
 * two verifiers could see two different statements under one good signature.
 */
export function readBundle(bytes: Uint8Array, size: 'usual' | 'large' = 'usual'): Bundle {
  try {
    return parseBundle(bytes, size);
  } catch (error) {
    if (!(error instanceof SigstoreError)) throw error;
    throw new CustodyError('malformed', error.message);
  }
}

/** What was signed, by the same rule: whoever signs a key twice says two things at once. */
export function readPayload(payload: Buffer): unknown {
  try {
    return readStrictJson(payload, payload.byteLength);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new CustodyError('malformed', `the payload is not JSON: ${error.message.slice(0, 200)}`);
  }
}
