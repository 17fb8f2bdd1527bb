import { type PolicyEvaluation, type PolicyView, TrustPolicy } from '../../contracts/trust-policy.ts';

const orderId = `order_${'0123456789abcdef'.repeat(2)}`;

export const policyExample = {
  schema: 'https://certus.dev/trust-policy/v1' as const,
  name: 'releases',
  signers: { environments: ['production' as const], at_least: 2 },
  gate: 'passed' as const,
  thresholds: { critical: 0, high: 5 },
  required_statements: [{ predicate_type: 'https://cyclonedx.org/bom' }],
  required_kinds: ['secrets', 'sca'],
  max_age_hours: 24,
  exceptions: [
    {
      rule: 'threshold:high',
      component: 'payments',
      reason: 'the upgrade that mends them is under way',
      until: '2026-02-01T00:00:00.000Z',
    },
  ],
};

export const policyRequests = {
  releases: { mode: 'enforced', policy: policyExample },
  tried: { mode: 'shadow', policy: policyExample },
};

export const orderedExample = { order_id: orderId, workspace: 'default', version: 3 };

export const viewExample: PolicyView = {
  workspace: 'default',
  version: 3,
  mode: 'enforced',
  digest: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  policy: TrustPolicy.parse(policyExample),
  set_by: 'local',
  set_at: '2026-01-01T00:00:00.000Z',
  order_id: orderId,
};

export const evaluationExample: PolicyEvaluation = {
  evaluated: 1,
  changed: 1,
  bundles: [
    {
      test_id: 'test_0123456789abcdef01234567',
      component_id: 'payments',
      permit_id: `permit_${'0123456789abcdef'.repeat(2)}`,
      bundle_digest: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      decided_at: '2026-01-01T00:00:02.000Z',
      decided: { permitted: true, reason: null, violations: [], bypassed: false },
      would_be: {
        permitted: false,
        reason: 'policy_violation',
        violations: [{ rule: 'threshold:critical', message: '2 findings are critical, and 0 may be' }],
      },
    },
  ],
};
