import { CancelledFailure, Context, heartbeat } from '@temporalio/activity';
import type { IngestActivities } from '../../activities/ingest/create-ingest-activities.ts';
import type { PublishActivities } from '../../activities/publish/create-publish-activities.ts';
import type { ScanActivities } from '../../activities/scan/create-scan-activities.ts';
import type { RunRecord } from '../../activities/scan/record-scan.ts';
import type { TrustActivities } from '../../activities/trust/create-trust-activities.ts';
import { BUILT_IN_MANIFEST } from '../../contracts/built-in-manifest.ts';
import type { ScanInput } from '../../contracts/workflows.ts';

export type Activities = {
  readonly assurance: ScanActivities;
  readonly trust: TrustActivities;
  readonly transform: PublishActivities;
  readonly ingest: IngestActivities;
};

export const PERMIT_ID = `permit_${'1'.repeat(32)}`;

export const scanInput = (testId: string): ScanInput => ({
  scope: { tenant: 'default', workspace: 'web' },
  component: 'shop',
  assessment: 'default',
  testId,
  source: { type: 'git', url: 'https://git.example/shop', branch: 'main' },
  profile: 'light',
  manifest: BUILT_IN_MANIFEST,
  manifestDigest: 'c'.repeat(64),
  requestedBy: null,
  requestedAt: '2026-06-01T12:00:00.000Z',
});

/** Activities that do nothing but answer as the real ones do, and remember in which order they were asked. */
export function fakeActivities() {
  const calls: string[] = [];
  const records: RunRecord[] = [];
  const called = <T>(name: string, answer: T): Promise<T> => {
    calls.push(name);
    return Promise.resolve(answer);
  };
  const assurance = {
    recordScan: (_, run) => {
      records.push(run);
      return called(`recordScan ${run.status}`, undefined);
    },
    fetchSource: () =>
      called('fetchSource', {
        commit: 'a'.repeat(40),
        branch: 'main',
        contentHash: 'b'.repeat(64),
        files: 1,
        bytes: 2,
        skipped: [],
      }),
    runTool: (_, __, tool) => called(`runTool ${tool}`, undefined),
    composeBundle: ({ input }) =>
      called('composeBundle', {
        bundle: { prefix: `default/web/security-scans/${input.testId}/incoming/`, digest: 'd'.repeat(64) },
        verdict: 'passed' as const,
        counts: { critical: 0, high: 0, medium: 0, low: 0, info: 0 },
        violations: [],
        artifacts: {},
        warnings: [],
      }),
    signBundle: () => called('signBundle', undefined),
    cleanUp: () => called('cleanUp', undefined),
  } satisfies ScanActivities;
  const trust = {
    decidePermit: () => called('decidePermit', { permitId: PERMIT_ID, permitted: true, reason: null }),
  } satisfies TrustActivities;
  const transform = {
    promote: () => called('promote', { manifest: 'golden/k', bundle: 'golden/b' }),
    publishOci: () => called('publishOci', 'registry.example/shop@sha256:1'),
  } satisfies PublishActivities;
  const ingest = {
    indexFindings: () => called('indexFindings', { indexed: 3, masked: 1, failed: [] }),
  } satisfies IngestActivities;
  return { assurance, trust, transform, ingest, calls, records };
}

/** An activity that is busy until it is cancelled; `onStart` tells when it has begun. */
export const untilCancelled = (onStart: () => void) => async (): Promise<never> => {
  onStart();
  const { cancellationSignal } = Context.current();
  const beats = setInterval(() => heartbeat(), 200);
  try {
    return await new Promise<never>((_, reject) => {
      cancellationSignal.addEventListener('abort', () => reject(new CancelledFailure('cancelled')), {
        once: true,
      });
    });
  } finally {
    clearInterval(beats);
  }
};
