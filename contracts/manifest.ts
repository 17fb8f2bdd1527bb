import { z } from 'zod';
import { sameName } from './profile-name.ts';

/** The tools this release can run. A manifest that asks for another one is refused, never silently narrowed. */
export const TOOLS = ['secrets'] as const;
export const Tool = z.enum(TOOLS);
export type Tool = z.infer<typeof Tool>;

/** How many findings of a severity are still acceptable; a severity that is not named is not limited. */
export const Thresholds = z.strictObject({
  critical: z.number().int().min(0).optional(),
  high: z.number().int().min(0).optional(),
  medium: z.number().int().min(0).optional(),
  low: z.number().int().min(0).optional(),
});
export type Thresholds = z.infer<typeof Thresholds>;

export const Profile = z.strictObject({
  name: z.string().min(1).max(64),
  description: z.string().max(1000).optional(),
  tools: z
    .array(Tool)
    .min(1, 'a profile without tools would pass everything')
    .max(20)
    // Each tool writes one report: a second run of it would list the same file of the bundle again.
    .refine((tools) => new Set(tools).size === tools.length, 'a profile names each tool once'),
  thresholds: Thresholds.default({}),
});
export type Profile = z.infer<typeof Profile>;

/** What a team asks to be checked. Unknown keys are errors: a typo must not weaken a gate. */
export const Manifest = z.strictObject({
  product: z.string().min(1).max(256),
  version: z.string().min(1).max(64),
  owners: z.array(z.string().min(1).max(256)).max(50).default([]),
  profiles: z.array(Profile).min(1).max(50).superRefine(requireOwnNames),
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
