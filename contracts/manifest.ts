import { z } from 'zod';
import { refuseContradictions, refuseMissingProfiles, refuseSameNames } from './manifest-coherence.ts';
import { isBundleFile, link, sentence, text } from './manifest-text.ts';
import { Tool, ToolCategory, unsupportedTool } from './tools.ts';

/** A manifest travels through workflow history: larger ones are refused. */
export const MAX_MANIFEST_BYTES = 256 * 1024;

const count = z.number().int().min(0).optional();

/** How many findings of a severity are still acceptable; a severity that is not named is not limited. */
export const Thresholds = z
  .strictObject({ critical: count, high: count, medium: count, low: count })
  .meta({ description: 'How many findings of a severity pass; one that is not named is not limited.' });
export type Thresholds = z.infer<typeof Thresholds>;

/** What a tool may be told. Each tool's declaration says which of these it heeds; the others are refused for it. */
export const ToolConfig = z.strictObject({
  rules: z
    .array(text(512))
    .max(20)
    .optional()
    .meta({ description: 'Rule files inside the repository, for tools that take rules.' }),
  exclude: z.array(text(256)).max(100).optional().meta({
    description: 'Paths that are not looked at, as globs; what they leave out is said in the result.',
  }),
  timeout: z
    .number()
    .int()
    .min(1)
    .max(7200)
    .optional()
    .meta({ description: "Seconds; never more than the tool's own limit." }),
});
export type ToolConfig = z.infer<typeof ToolConfig>;

/** One tool of a profile, as written: its name alone, or with what it is told. */
export const ToolChoice = z.union(
  [
    Tool,
    z.strictObject({
      id: Tool,
      description: sentence(1000).optional(),
      category: ToolCategory.optional(),
      required: z
        .boolean()
        .optional()
        .meta({ description: 'The gate fails when the tool could not look at everything.' }),
      config: ToolConfig.optional(),
    }),
  ],
  {
    error: ({ input }) =>
      typeof input === 'string'
        ? unsupportedTool(input)
        : 'a tool is its name, or an object with "id" and, where needed, "required" and "config"',
  },
);
export type ToolChoice = z.infer<typeof ToolChoice>;

/** A rule in CEL over the result of the scan; the gate fails when it is true, or cannot be evaluated. */
export const GateRule = z.strictObject({
  name: text(128),
  deny: z.string().min(1).max(4096).meta({
    description: 'A CEL expression over the result; the gate fails when it is true or cannot be evaluated.',
  }),
  message: sentence(1000).optional(),
});
export type GateRule = z.infer<typeof GateRule>;

export const Notify = z
  .strictObject({
    slack: link().optional().meta({ description: 'An incoming webhook of Slack.' }),
    webhooks: z.array(link()).max(20).default([]),
    email: z.array(z.email('is not an e-mail address').max(320)).max(50).default([]),
  })
  .meta({ description: 'Who is told how a scan ended.' });
export type Notify = z.infer<typeof Notify>;

export const Profile = z
  .strictObject({
    name: text(64),
    description: sentence(1000).optional(),
    tools: z.array(ToolChoice).min(1, 'a profile without tools would pass everything').max(50),
    thresholds: Thresholds.default({}),
    gateOn: z.enum(['all', 'new']).default('all').meta({
      description:
        "Whether thresholds count every finding, or only those that the component's last good scan did not have.",
    }),
    /**
     * What becomes of findings that the code itself, or a file beside it, declares harmless. They count: who writes the
     * code that is judged must not be the judge of it. A person can still set one aside, by name and with a reason.
     */
    suppressions: z.enum(['count', 'set_aside']).default('count').meta({
      description: 'Whether findings that the code itself declares harmless count all the same.',
    }),
    deniedLicenses: z.array(text(128)).max(200).default([]).meta({
      description:
        'SPDX identifiers, or prefixes ending in "*", that no dependency may be licensed under alone.',
    }),
    rules: z.array(GateRule).max(50).default([]),
    notify: Notify.optional(),
    bundle: z
      .strictObject({
        includePrivacy: z.boolean().default(true),
        runtimeCeilingMinutes: z.number().int().min(1).max(1440).optional().meta({
          description:
            'The tools together get no longer than this; what is still running then has timed out.',
        }),
      })
      .prefault({}),
    requiresStack: z
      .boolean()
      .default(false)
      .meta({ description: 'The profile scans a running target; "stackBaseUrl" says where.' }),
    stackBaseUrl: link().optional(),
  })
  .superRefine(...refuseContradictions);
export type Profile = z.infer<typeof Profile>;

/** One check that a control rests on: findings stay below a threshold, and the evidence it names is in the bundle. */
export const ControlTest = z.strictObject({
  name: text(128),
  description: sentence(1000).optional(),
  evidence: z
    .array(
      text(512).refine(
        (named) => Tool.safeParse(named).success || isBundleFile(named),
        'names neither a tool nor a file of the bundle, such as findings.sarif or sbom/bom.cdx.json',
      ),
    )
    .max(50)
    .default([])
    .meta({ description: 'Tools that must have looked, and files of the bundle that must be there.' }),
  linkedProfile: text(64).optional().meta({ description: 'The test counts only when this profile ran.' }),
  threshold: Thresholds.optional(),
});
export type ControlTest = z.infer<typeof ControlTest>;

export const Compliance = z.strictObject({
  name: text(128),
  description: sentence(1000).optional(),
  controls: z
    .array(
      z.strictObject({
        framework: text(128),
        controlId: text(128),
        tests: z.array(ControlTest).min(1).max(50),
      }),
    )
    .min(1)
    .max(200),
});
export type Compliance = z.infer<typeof Compliance>;

/** What a team asks to be checked. Unknown keys are errors: a typo must not weaken a gate. */
export const Manifest = z
  .strictObject({
    $schema: z.string().max(2048).optional().meta({ description: 'For editors; Certus does not read it.' }),
    product: text(256),
    version: text(64),
    owners: z.array(text(256)).max(50).default([]),
    profiles: z
      .array(Profile)
      .min(1)
      .max(50)
      .superRefine(...refuseSameNames),
    compliance: z.array(Compliance).max(20).default([]),
    annotations: z.record(text(256), sentence(4096)).default({}),
  })
  .superRefine(...refuseMissingProfiles);
export type Manifest = z.infer<typeof Manifest>;
