import { z } from 'zod';
import { sameName } from './profile-name.ts';
import { Tool, ToolCategory } from './tools.ts';

/** A manifest travels through workflow history: larger ones are refused. */
export const MAX_MANIFEST_BYTES = 256 * 1024;

/** How many findings of a severity are still acceptable; a severity that is not named is not limited. */
export const Thresholds = z.strictObject({
  critical: z.number().int().min(0).optional(),
  high: z.number().int().min(0).optional(),
  medium: z.number().int().min(0).optional(),
  low: z.number().int().min(0).optional(),
});
export type Thresholds = z.infer<typeof Thresholds>;

/** What a tool may be told. Each tool's declaration says which of these it heeds; the others are refused for it. */
export const ToolConfig = z.strictObject({
  /** Rule files inside the repository, for tools that take rules. */
  rules: z.array(z.string().min(1).max(512)).max(20).optional(),
  /** Paths that are not looked at, as globs; what they leave out is said in the result. */
  exclude: z.array(z.string().min(1).max(256)).max(100).optional(),
  /** Seconds; never more than the tool's own limit. */
  timeout: z.number().int().min(1).max(7200).optional(),
});
export type ToolConfig = z.infer<typeof ToolConfig>;

/** One tool of a profile, as written: its name alone, or with what it is told. */
export const ToolChoice = z.union([
  Tool,
  z.strictObject({
    id: Tool,
    description: z.string().max(1000).optional(),
    category: ToolCategory.optional(),
    /** The gate fails when it could not look at everything. */
    required: z.boolean().optional(),
    config: ToolConfig.optional(),
  }),
]);
export type ToolChoice = z.infer<typeof ToolChoice>;

/** A rule in CEL over the result of the scan; the gate fails when it is true, or cannot be evaluated. */
export const GateRule = z.strictObject({
  name: z.string().min(1).max(128),
  deny: z.string().min(1).max(4096),
  message: z.string().max(1000).optional(),
});
export type GateRule = z.infer<typeof GateRule>;

export const Notify = z.strictObject({
  slack: z.url().max(2048).optional(),
  webhooks: z.array(z.url().max(2048)).max(20).default([]),
  email: z.array(z.email().max(320)).max(50).default([]),
});
export type Notify = z.infer<typeof Notify>;

export const Profile = z.strictObject({
  name: z.string().min(1).max(64),
  description: z.string().max(1000).optional(),
  tools: z
    .array(ToolChoice)
    .min(1, 'a profile without tools would pass everything')
    .max(50)
    // Each tool writes one report: a second run of it would list the same file of the bundle again.
    .refine(
      (tools) => new Set(tools.map((tool) => (typeof tool === 'string' ? tool : tool.id))).size === tools.length,
      'a profile names each tool once',
    ),
  thresholds: Thresholds.default({}),
  /** Whether thresholds count every finding, or only those that the component's last good scan did not have. */
  gateOn: z.enum(['all', 'new']).default('all'),
  /** SPDX identifiers or prefixes ending in "*" that no dependency may be licensed under alone. */
  deniedLicenses: z.array(z.string().min(1).max(128)).max(200).default([]),
  rules: z.array(GateRule).max(50).default([]),
  notify: Notify.optional(),
  bundle: z
    .strictObject({
      includePrivacy: z.boolean().default(true),
      /** The tools together get no longer than this; what is still running then has timed out. */
      runtimeCeilingMinutes: z.number().int().min(1).max(1440).optional(),
    })
    .prefault({}),
  /** Scans of a running target need one: `stackBaseUrl` says where. */
  requiresStack: z.boolean().default(false),
  stackBaseUrl: z.url({ protocol: /^https?$/ }).max(2048).optional(),
});
export type Profile = z.infer<typeof Profile>;

/** One check that a control rests on: findings stay below a threshold, and the evidence it names is in the bundle. */
export const ControlTest = z.strictObject({
  name: z.string().min(1).max(128),
  description: z.string().max(1000).optional(),
  /** Tools or bundle paths that must have been produced. */
  evidence: z.array(z.string().min(1).max(512)).max(50).default([]),
  /** Counts only when this profile ran. */
  linkedProfile: z.string().min(1).max(64).optional(),
  threshold: Thresholds.optional(),
});
export type ControlTest = z.infer<typeof ControlTest>;

export const Compliance = z.strictObject({
  name: z.string().min(1).max(128),
  description: z.string().max(1000).optional(),
  controls: z
    .array(
      z.strictObject({
        framework: z.string().min(1).max(128),
        controlId: z.string().min(1).max(128),
        tests: z.array(ControlTest).min(1).max(50),
      }),
    )
    .min(1)
    .max(200),
});
export type Compliance = z.infer<typeof Compliance>;

/** What a team asks to be checked. Unknown keys are errors: a typo must not weaken a gate. */
export const Manifest = z.strictObject({
  product: z.string().min(1).max(256),
  version: z.string().min(1).max(64),
  owners: z.array(z.string().min(1).max(256)).max(50).default([]),
  profiles: z.array(Profile).min(1).max(50).superRefine(requireOwnNames),
  compliance: z.array(Compliance).max(20).default([]),
  annotations: z.record(z.string().max(256), z.string().max(4096)).default({}),
});
export type Manifest = z.infer<typeof Manifest>;

/** Were both `Release` and `release` allowed, who asks for one could be given the weaker other. */
function requireOwnNames(profiles: readonly Profile[], context: z.RefinementCtx): void {
  const seen = new Set<string>();
  for (const [at, { name }] of profiles.entries()) {
    if (seen.has(sameName(name)))
      context.addIssue({
        code: 'custom',
        path: [at, 'name'],
        message: 'another profile has this name, whatever its case',
      });
    seen.add(sameName(name));
  }
}
