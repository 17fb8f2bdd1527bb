import { z } from 'zod';
import { Finding, FindingKind, Fingerprint, Severity } from './finding.ts';
import { ComponentId, TestId, WorkspaceId } from './identifiers.ts';
import { many } from './search.ts';
import { Change, ChangeCounts, Triage, TriageState } from './triage.ts';

const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
const page = {
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(256).optional(),
};

/** Values of one field are alternatives; different fields must all match. */
export const FindingListParameters = z.strictObject({
  workspace_id: WorkspaceId.default('default'),
  severity: many(Severity),
  kind: many(FindingKind),
  tool: many(z.string().min(1).max(64)),
  rule: many(z.string().min(1).max(512)),
  change: many(Change.exclude(['fixed'])),
  state: many(TriageState),
  suppressed: flag.optional(),
  path: z.string().min(1).max(1024).optional().meta({ description: 'A file, or a folder ending in "/".' }),
  fingerprint: Fingerprint.optional(),
  ...page,
});
export type FindingListParameters = z.infer<typeof FindingListParameters>;

/** A finding with how it stands to the scan before, and what people decided about it. */
export const FindingView = Finding.extend({ change: Change, triage: Triage.nullable() });
export type FindingView = z.infer<typeof FindingView>;

export const FindingList = z.object({ findings: z.array(FindingView), next_cursor: z.string().nullable() });
export type FindingList = z.infer<typeof FindingList>;

export const ComparisonParameters = z.strictObject({
  workspace_id: WorkspaceId.default('default'),
  base: TestId.optional().meta({
    description: 'The scan to compare with; the one it was gated against by default.',
  }),
  change: many(Change),
  ...page,
});

export const Comparison = z.object({
  test_id: TestId,
  base_test_id: TestId,
  counts: ChangeCounts,
  findings: z.array(FindingView),
  next_cursor: z.string().nullable(),
});
export type Comparison = z.infer<typeof Comparison>;

export const TriageRequest = z
  .strictObject({
    workspace_id: WorkspaceId.default('default'),
    component_id: ComponentId,
    fingerprints: z.array(Fingerprint).min(1).max(500),
    state: TriageState,
    reason: z.string().trim().min(1).max(2000),
    until: z.iso
      .datetime()
      .optional()
      .meta({ description: 'Until when it is accepted; needed for that, and only then.' }),
    actor: z.string().trim().min(1).max(256).optional(),
  })
  .superRefine(({ state, until }, context) => {
    if ((state === 'accepted') === (until !== undefined)) return;
    const message = state === 'accepted' ? 'say until when it is accepted' : `does not belong to '${state}'`;
    context.addIssue({ code: 'custom', path: ['until'], message });
  });
export type TriageRequest = z.infer<typeof TriageRequest>;

export const TriageParameters = z.strictObject({
  workspace_id: WorkspaceId.default('default'),
  component_id: ComponentId,
  fingerprint: Fingerprint.optional().meta({ description: 'With all that was ever decided about this one.' }),
  ...page,
});

export const TriageList = z.object({ decisions: z.array(Triage), next_cursor: z.string().nullable() });
export type TriageList = z.infer<typeof TriageList>;
