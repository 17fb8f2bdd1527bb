import type { Finding } from '../../../contracts/finding.ts';
import { Profile } from '../../../contracts/manifest.ts';
import type { Triage } from '../../../contracts/triage.ts';
import { type GateFacts, gate } from '../../../domain/policy/gate.ts';
import { EXAMPLE } from '../../../domain/policy/rule-facts.ts';
import { findingOf, fingerprintOf } from './finding-fixture.ts';
import { toolRun } from './tool-run-fixture.ts';

export const NOW = '2026-06-01T12:00:00.000Z';

export const profileOf = (about: Record<string, unknown> = {}): Profile =>
  Profile.parse({ name: 'p', tools: ['secrets'], ...about });

/** Findings that are each an issue of their own. */
export const many = (severity: Finding['severity'], count: number, about: Partial<Finding> = {}): Finding[] =>
  Array.from({ length: count }, (_, at) => {
    const fingerprint = fingerprintOf(`${severity} ${JSON.stringify(about)} ${at}`);
    return findingOf({
      severity,
      fingerprint,
      sources: [{ tool: about.tool ?? 'sast', rule: 'js/eval', fingerprint }],
      ...about,
    });
  });

export const decided = (finding: Finding, about: Partial<Triage>): [string, Triage] => [
  finding.fingerprint,
  {
    fingerprint: finding.fingerprint,
    state: 'open',
    reason: 'because',
    actor: 'a@example.org',
    until: null,
    decided_at: '2026-01-01T00:00:00.000Z',
    ...about,
  },
];

/** A gate over these findings, with nothing else about the scan but what is said. */
export const judge = (
  findings: readonly Finding[],
  profile: Record<string, unknown> = {},
  about: Partial<GateFacts> = {},
) =>
  gate({
    findings,
    profile: profileOf(profile),
    toolRuns: [toolRun('secrets')],
    baseline: null,
    triage: new Map(),
    now: NOW,
    scan: EXAMPLE.scan,
    components: null,
    ...about,
  });
