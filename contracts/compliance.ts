import { z } from 'zod';
import { TestId } from './identifiers.ts';
import { Thresholds } from './manifest.ts';

/** `not_evaluated` says that this scan has nothing to go by; it is no pass. */
export const ComplianceOutcome = z.enum(['passed', 'failed', 'not_evaluated']);
export type ComplianceOutcome = z.infer<typeof ComplianceOutcome>;

export const ControlTestResult = z.object({
  name: z.string(),
  description: z.string().nullable(),
  outcome: ComplianceOutcome,
  reasons: z.array(z.string()),
  linked_profile: z.string().nullable(),
  threshold: Thresholds.nullable(),
  evidence: z.array(z.object({ name: z.string(), present: z.boolean() })),
});
export type ControlTestResult = z.infer<typeof ControlTestResult>;

export const ControlResult = z.object({
  framework: z.string(),
  control_id: z.string(),
  /** That of its worst test. */
  outcome: ComplianceOutcome,
  tests: z.array(ControlTestResult),
});
export type ControlResult = z.infer<typeof ControlResult>;

/** compliance.json: what this scan says about each control that the manifest names. */
export const ComplianceDocument = z.object({
  schema: z.literal('https://certus.dev/compliance/v1'),
  test_id: TestId,
  profile: z.string(),
  generated_at: z.string(),
  outcomes: z.array(
    z.object({
      name: z.string(),
      description: z.string().nullable(),
      outcome: ComplianceOutcome,
      controls: z.array(ControlResult),
    }),
  ),
});
export type ComplianceDocument = z.infer<typeof ComplianceDocument>;
