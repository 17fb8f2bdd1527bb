import { signaturesPrefix } from '../../contracts/object-keys.ts';
import type { LookedAt, SignArtifactInput, SignInput } from '../../contracts/signing.ts';
import { SIGSTORE_BUNDLE_MEDIA_TYPE } from '../../contracts/statements.ts';
import { withHeartbeat } from '../heartbeat.ts';
import type { TrustDeps } from '../trust/deps.ts';
import type { SignDeps } from './deps.ts';
import { type By, type Logged, logSignatures, type SignatureLogDeps } from './log-signatures.ts';
import { type LocationDeps, lookAtLocations } from './look-at-locations.ts';
import { signItems } from './sign-items.ts';
import { signVerification } from './sign-verification.ts';
import { bundleKey } from './signature-objects.ts';

/** The steps of signing on request in the assurance zone, which holds the keys of tenants. */
export const createSignActivities = (deps: SignDeps) => ({
  signItems: (input: SignInput): Promise<void> => withHeartbeat(() => signItems(deps, input)),

  /** Trust cannot write into buckets: what it signed is stored from here, and read by it again before it is logged. */
  storeVerification: (input: SignArtifactInput, sealed: string): Promise<void> =>
    withHeartbeat(async () => {
      const key = bundleKey(signaturesPrefix(input.scope, input.id), 0);
      await deps.raw.put(key, Buffer.from(sealed), {
        contentType: SIGSTORE_BUNDLE_MEDIA_TYPE,
        ifAbsent: true,
      });
    }),
});
export type SignActivities = ReturnType<typeof createSignActivities>;

/** Those of Trust, which lets nothing into the log that does not hold. */
export const createSignatureTrustActivities = (deps: TrustDeps & SignatureLogDeps) => ({
  logSignatures: (input: Logged, by: By): Promise<void> =>
    withHeartbeat(() => logSignatures(deps, input, by)),
  signVerification: (input: SignArtifactInput, locations: LookedAt[]): Promise<string> =>
    withHeartbeat(() => signVerification(deps, input, locations)),
});
export type SignatureTrustActivities = ReturnType<typeof createSignatureTrustActivities>;

/** And that of transform, which alone sees golden and the registry. */
export const createLocationActivities = (deps: LocationDeps) => ({
  lookAtLocations: (input: SignArtifactInput): Promise<LookedAt[]> =>
    withHeartbeat((signal) => lookAtLocations(deps, input, signal)),
});
export type LocationActivities = ReturnType<typeof createLocationActivities>;
