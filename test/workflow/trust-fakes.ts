import type { EventActivities } from '../../activities/events/create-event-activities.ts';
import type { QuarantineActivities } from '../../activities/publish/create-quarantine-activities.ts';
import type {
  LocationActivities,
  SignActivities,
  SignatureTrustActivities,
} from '../../activities/sign/create-sign-activities.ts';
import type { KeyMakingActivities } from '../../activities/sign/generate-key.ts';
import type { OrderActivities } from '../../activities/trust/create-order-activities.ts';
import type { KeyCareActivities } from '../../activities/trust/keys/check-key-expiry.ts';
import type { KnownActivities } from '../../activities/trust/known/create-known-activities.ts';
import type { WitnessActivities } from '../../activities/trust/rekor/create-witness-activities.ts';
import type { OrderRun } from '../../contracts/order-run.ts';
import type { QuarantineInput } from '../../contracts/quarantine.ts';
import type { SignArtifactInput, SignInput } from '../../contracts/signing.ts';
import type { PermitInput, RunIdentity } from '../../contracts/workflows.ts';
import { type Activities, fakeActivities } from './fakes.ts';

export type TrustFakes = {
  readonly assurance: Activities['assurance'] & KeyMakingActivities & SignActivities;
  readonly trust: Activities['trust'] &
    OrderActivities &
    KeyCareActivities &
    KnownActivities &
    SignatureTrustActivities &
    WitnessActivities;
  readonly transform: Activities['transform'] &
    QuarantineActivities &
    LocationActivities &
    Pick<EventActivities, 'recordPlatformEvent'>;
  readonly ingest: Activities['ingest'];
};

const ORDER_ID = `order_${'1'.repeat(32)}`;
const KEY_ID = 'a'.repeat(32);
const REQUESTED_AT = '2026-06-01T12:00:00.000Z';

export const orderRun = (kind: OrderRun['kind'], orderId = ORDER_ID): OrderRun => ({
  tenant: 'default',
  orderId,
  kind,
  ...(kind === 'generate_key' && { key: { environment: 'production', algorithm: 'ecdsa-p256' } }),
});

/** The nth of the runs that a revoked key has signed. */
export const taintedRun = (nth: number): QuarantineInput => ({
  scope: { tenant: 'default', workspace: 'web' },
  component: 'shop',
  assessment: 'default',
  testId: `test_${nth.toString(16).padStart(12, '0')}`,
  permitId: `permit_${nth.toString(16).padStart(32, '0')}`,
  bundleDigest: 'b'.repeat(64),
  cause: { orderId: ORDER_ID, keyId: KEY_ID, reason: 'key_compromise' },
});

/** One page each, as Trust answers them: by where the page before has ended. */
export const inPages =
  (...pages: readonly (readonly QuarantineInput[])[]): OrderActivities['runsToQuarantine'] =>
  async ({ after }) => {
    const at = after === undefined ? 0 : Number(after.permitId);
    const next = at + 1 < pages.length ? { workspace: 'web', permitId: String(at + 1) } : undefined;
    return { runs: [...(pages[at] ?? [])], next };
  };

export const permitInput = ({ scope, component, assessment, testId }: RunIdentity): PermitInput => ({
  run: { scope, component, assessment, testId },
  bundle: { prefix: `default/web/security-scans/${testId}/incoming/`, digest: 'd'.repeat(64) },
  ask: { ground: 'e'.repeat(64), tier: 'basic', destinations: ['golden'], signer: null, artifacts: [] },
});

export const signInput = ({ scope }: RunIdentity): SignInput => ({
  scope,
  id: `sign_${'1'.repeat(32)}`,
  request: 'a'.repeat(64),
  items: 2,
  mode: 'keyed',
  environment: null,
  requestedAt: REQUESTED_AT,
});

export const signArtifactInput = ({ scope, testId }: RunIdentity): SignArtifactInput => ({
  scope,
  id: `sign_${'2'.repeat(32)}`,
  requestedAt: REQUESTED_AT,
  testId,
  signer: null,
  signature: null,
  paths: [],
  raw: null,
  golden: `s3://golden/default/web/${testId}/`,
  registry: null,
});

/** All that a zone does for orders, signatures and quarantine besides what it does for runs. */
export function trustFakes(): TrustFakes & { readonly calls: string[] } {
  const { assurance, trust, transform, ingest, calls } = fakeActivities();
  const called = <T>(name: string, answer: T): Promise<T> => {
    calls.push(name);
    return Promise.resolve(answer);
  };
  return {
    assurance: {
      ...assurance,
      generateKey: () =>
        called('generateKey', { key_id: KEY_ID, public_key_pem: 'PUBLIC KEY', algorithm: 'ecdsa-p256' }),
      signItems: () => called('signItems', undefined),
      storeVerification: () => called('storeVerification', undefined),
    },
    trust: {
      ...trust,
      carryOut: ({ found }) =>
        called('carryOut', { state: 'done', result: found === undefined ? {} : { found } }),
      runsToQuarantine: (by) => {
        calls.push('runsToQuarantine');
        return inPages([taintedRun(1), taintedRun(2)], [taintedRun(3)])(by);
      },
      refreshRevocationList: () => called('refreshRevocationList', 7),
      checkKeyExpiry: (at) =>
        called('checkKeyExpiry', [
          { tenant: 'default', keyId: KEY_ID, environment: 'production', days: 7, notAfter: at },
        ]),
      logQuarantine: () => called('logQuarantine', 42),
      logSignatures: () => called('logSignatures', undefined),
      signVerification: () => called('signVerification', 'sealed'),
      witnessPermits: () => called('witnessPermits', 3),
    },
    transform: {
      ...transform,
      quarantineGolden: ({ testId }) =>
        called(`quarantineGolden ${testId}`, { notice: '{}', location: 'quarantine/q', notices: [] }),
      withdrawOci: () => called('withdrawOci', 'withdrawn'),
      recordQuarantine: () => called('recordQuarantine', undefined),
      lookAtLocations: () => called('lookAtLocations', []),
      recordPlatformEvent: ({ once }) =>
        called(`recordPlatformEvent ${once}`, { eventId: '7', wanted: false }),
    },
    ingest,
    calls,
  };
}
