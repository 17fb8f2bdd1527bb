import { z } from 'zod';
import { DenialReason, Violation } from './denial.ts';
import { ComponentId, PermitId, Sha256, TestId, WorkspaceId } from './identifiers.ts';
import { KeyId } from './key-registry.ts';
import { Environment } from './keys.ts';

export const Tier = z.enum(['basic', 'verified']);
export type Tier = z.infer<typeof Tier>;
export const Destination = z.enum(['golden', 'oci']);
export type Destination = z.infer<typeof Destination>;

/** Everything else is reached from golden: what may not go there goes nowhere. */
export const Destinations = z
  .array(Destination)
  .min(1)
  .max(2)
  .refine((places) => places.includes('golden'), 'golden comes before every other destination');

const limit = z.number().int().min(0).optional();

/** What a bundle must be to be published. Everything left out asks for nothing beyond the rules that always hold. */
export const TrustPolicy = z.strictObject({
  schema: z.literal('https://certus.dev/trust-policy/v1'),
  name: z.string().min(1).max(100),
  /** A request for less is raised to this. */
  minimum_tier: Tier.default('verified'),
  destinations: Destinations.default(['golden', 'oci']),
  signers: z
    .strictObject({
      environments: z.array(Environment).min(1).default(['production']),
      /** Only these keys, when given. */
      keys: z.array(KeyId).min(1).optional(),
      /** How many different keys must have signed: the evidence itself counts as one, endorsements as the others. */
      at_least: z.number().int().min(1).max(16).default(1),
    })
    .prefault({}),
  gate: z.enum(['passed', 'any']).default('any'),
  thresholds: z.strictObject({ critical: limit, high: limit, medium: limit, low: limit }).prefault({}),
  /** Statements about the bundle that must be there. */
  required_statements: z
    .array(
      z.strictObject({
        predicate_type: z.string().min(1).max(300),
        signers: z.array(KeyId).min(1).optional(),
        /** A JSON Schema (2020-12) that its predicate must fit. */
        json_schema: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .max(50)
    .default([]),
  /** Kinds of looking that must have taken place, in the words of the tool catalogue. */
  required_kinds: z.array(z.string().min(1).max(50)).max(20).default([]),
  max_age_hours: z.number().positive().max(8760).optional(),
  permit_hours: z.number().positive().max(8760).optional(),
  exceptions: z
    .array(
      z.strictObject({
        /** The rule that is set aside, by the name under which its violation is told. */
        rule: z.string().min(1).max(400),
        component: z.string().max(63).optional(),
        reason: z.string().min(10).max(1000),
        until: z.iso.datetime(),
      }),
    )
    .max(100)
    .default([]),
  on_revocation: z.enum(['mark', 'quarantine']).default('mark'),
});
export type TrustPolicy = z.infer<typeof TrustPolicy>;

/** Shadow: what it would have decided is recorded, and nothing else. */
export const PolicyMode = z.enum(['enforced', 'shadow']);
export type PolicyMode = z.infer<typeof PolicyMode>;

/** `*` stands for every workspace of the tenant that has no policy of its own. */
export const PolicyWorkspace = z.union([z.literal('*'), WorkspaceId]);

export const SetPolicy = z.strictObject({
  kind: z.literal('set_policy'),
  workspace: PolicyWorkspace,
  mode: PolicyMode,
  policy: TrustPolicy,
});
export type SetPolicy = z.infer<typeof SetPolicy>;

export const PutPolicy = z.strictObject({ mode: PolicyMode.default('enforced'), policy: TrustPolicy });
export type PutPolicy = z.infer<typeof PutPolicy>;

export const PolicyView = z.object({
  workspace: PolicyWorkspace,
  /** 0 is the built-in one. */
  version: z.number().int(),
  mode: PolicyMode,
  digest: Sha256,
  policy: TrustPolicy,
  set_by: z.string().nullable(),
  set_at: z.iso.datetime().nullable(),
  order_id: z.string().nullable(),
});
export type PolicyView = z.infer<typeof PolicyView>;
export const PolicyList = z.object({ policies: z.array(PolicyView) });

/** What holds in a workspace now, and every version there was, newest first. */
export const WorkspacePolicies = z.object({
  workspace: PolicyWorkspace,
  enforced: PolicyView,
  shadow: PolicyView.nullable(),
  versions: z.array(PolicyView),
});

export const EvaluatePolicy = z.strictObject({
  workspace_id: WorkspaceId.default('default'),
  policy: TrustPolicy,
  component_id: ComponentId.optional(),
  limit: z.number().int().min(1).max(200).default(50),
});

const Answer = z.object({
  permitted: z.boolean(),
  reason: DenialReason.nullable(),
  violations: z.array(Violation),
});
/** What was decided about past bundles, and what this policy would have said. */
export const PolicyEvaluation = z.object({
  evaluated: z.number().int(),
  changed: z.number().int(),
  bundles: z.array(
    z.object({
      test_id: TestId,
      component_id: ComponentId.nullable(),
      permit_id: PermitId,
      bundle_digest: Sha256,
      decided_at: z.iso.datetime(),
      decided: Answer.extend({ bypassed: z.boolean() }),
      would_be: Answer,
    }),
  ),
});
export type PolicyEvaluation = z.infer<typeof PolicyEvaluation>;
