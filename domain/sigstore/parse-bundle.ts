import {
  assertBundleLatest,
  assertBundleV01,
  assertBundleV02,
  BUNDLE_V01_MEDIA_TYPE,
  BUNDLE_V02_MEDIA_TYPE,
  type Bundle,
  ValidationError,
} from '@sigstore/bundle';
import { bundleMessage } from './bundle-message.ts';
import { BundleShape, LargeBundleShape } from './bundle-shape.ts';
import { SigstoreError } from './sigstore-error.ts';
import { readStrictJson } from './strict-json.ts';

const MIB = 1024 * 1024;
export const MAX_BUNDLE_BYTES = 16 * MIB;

/** What strangers bring, and what Certus itself says about all files of a run. */
const SIZES = {
  usual: { shape: BundleShape, maxBytes: MAX_BUNDLE_BYTES },
  large: { shape: LargeBundleShape, maxBytes: 64 * MIB },
} as const;

/** Believes nothing yet, but knows that there is one way to read it. */
export function parseBundle(bytes: Uint8Array, size: keyof typeof SIZES = 'usual'): Bundle {
  const { shape: expected, maxBytes } = SIZES[size];
  const shape = expected.safeParse(readJson(bytes, maxBytes));
  if (!shape.success) {
    const [issue] = shape.error.issues;
    throw malformed(`${issue?.path.join('.') || 'bundle'}: ${issue?.message ?? 'not as expected'}`);
  }
  const bundle = bundleMessage(shape.data);
  try {
    requireComplete(bundle);
  } catch (error) {
    // what the shape cannot say: which proofs each version must bring
    if (error instanceof ValidationError) throw malformed(`it lacks ${error.fields.join(', ')}`);
    throw error;
  }
  return bundle;
}

function requireComplete(bundle: Bundle): void {
  if (bundle.mediaType === BUNDLE_V01_MEDIA_TYPE) assertBundleV01(bundle);
  else if (bundle.mediaType === BUNDLE_V02_MEDIA_TYPE) assertBundleV02(bundle);
  else assertBundleLatest(bundle);
}

function readJson(bytes: Uint8Array, maxBytes: number): unknown {
  try {
    return readStrictJson(bytes, maxBytes);
  } catch (error) {
    if (error instanceof SyntaxError) throw malformed(error.message);
    throw error;
  }
}

const malformed = (why: string) =>
  new SigstoreError('bundle_malformed', `it is not a Sigstore bundle: ${why.slice(0, 300)}`);
