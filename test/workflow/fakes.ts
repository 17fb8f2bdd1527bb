import { CancelledFailure, Context, heartbeat } from '@temporalio/activity';
import type { IngestActivities } from '../../activities/ingest/create-ingest-activities.ts';
import type { SourceActivities } from '../../activities/ingest/create-source-activities.ts';
import type { NotifyActivities } from '../../activities/notify/create-notify-activities.ts';
import type { PublishActivities } from '../../activities/publish/create-publish-activities.ts';
import type { ScanActivities } from '../../activities/scan/create-scan-activities.ts';
import type { RunRecord } from '../../activities/scan/record-scan.ts';
import type { UploadRecord } from '../../activities/scan/record-upload.ts';
import type { TrustActivities } from '../../activities/trust/create-trust-activities.ts';
import type { KnownActivities } from '../../activities/trust/known/create-known-activities.ts';
import { Manifest } from '../../contracts/manifest.ts';
import type { ToolRun } from '../../contracts/tool-run.ts';
import type { ScanInput } from '../../contracts/workflows.ts';
import { sourceFakes } from './source-fakes.ts';

export type Activities = {
  readonly assurance: ScanActivities;
  readonly trust: TrustActivities & Pick<KnownActivities, 'logPromotion'>;
  readonly transform: PublishActivities & Partial<NotifyActivities>;
  readonly ingest: IngestActivities & Partial<SourceActivities>;
};

export const FAKE_MANIFEST = Manifest.parse({
  product: 'shop',
  version: '1',
  profiles: [
    { name: 'light', tools: ['secrets'] },
    { name: 'both', tools: ['secrets', { id: 'bandit', required: true }], deniedLicenses: ['GPL-*'] },
    { name: 'loud', tools: ['secrets'], notify: { webhooks: ['https://ci.example/hook'] } },
    { name: 'timed', tools: ['secrets'], bundle: { runtimeCeilingMinutes: 10 } },
  ],
});

const toolRun = (tool: ToolRun['tool']): ToolRun => ({
  tool,
  title: tool,
  version: '1.0.0',
  required: false,
  outcome: 'completed',
  reason: null,
  exit_code: null,
  seconds: 0.1,
  findings: 0,
  reports: [],
  isolation: null,
  data: null,
});

export const PERMIT_ID = `permit_${'1'.repeat(32)}`;

export const scanInput = (testId: string): ScanInput => ({
  scope: { tenant: 'default', workspace: 'web' },
  component: 'shop',
  assessment: 'default',
  testId,
  source: { type: 'git', url: 'https://git.example/shop', branch: 'main' },
  profile: 'light',
  manifest: { type: 'inline', manifest: FAKE_MANIFEST, digest: 'c'.repeat(64) },
  requestedBy: null,
  requestedAt: '2026-06-01T12:00:00.000Z',
  publish: true,
});

/** Activities that do nothing but answer as the real ones do, and remember in which order they were asked. */
export function fakeActivities() {
  const calls: string[] = [];
  const records: RunRecord[] = [];
  const uploads: UploadRecord[] = [];
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
        tag: null,
        originDigest: null,
        contentHash: 'b'.repeat(64),
        files: 1,
        bytes: 2,
        skipped: [],
      }),
    resolveManifest: () =>
      called('resolveManifest', { manifest: FAKE_MANIFEST, digest: 'e'.repeat(64), signedBy: null }),
    runTool: (_, __, { id }) => called(`runTool ${id}`, toolRun(id)),
    importReport: () => called('importReport', toolRun('sarif')),
    composeBundle: ({ input }) =>
      called('composeBundle', {
        bundle: { prefix: `default/web/security-scans/${input.testId}/incoming/`, digest: 'd'.repeat(64) },
        verdict: 'passed' as const,
        counts: { critical: 0, high: 0, medium: 0, low: 0, info: 0 },
        baseline: null,
        changes: null,
        tools: [],
        violations: [],
        artifacts: {},
        warnings: [],
      }),
    signBundle: () => called('signBundle', undefined),
    recordUpload: (_, record) => {
      uploads.push(record);
      return called('recordUpload', undefined);
    },
    cleanUp: () => called('cleanUp', undefined),
  } satisfies ScanActivities;
  const trust = {
    decidePermit: () => called('decidePermit', { permitId: PERMIT_ID, permitted: true, reason: null }),
    usePermit: (_, __, permitId) => called('usePermit', { permitId, permitted: true, reason: null }),
    logPromotion: () => called('logPromotion', 7),
  } satisfies Activities['trust'];
  const transform = {
    promote: () => called('promote', { manifest: 'golden/k', bundle: 'golden/b' }),
    recordHeldBack: (_, uploadStatus) => called(`recordHeldBack ${uploadStatus}`, undefined),
    publishOci: () => called('publishOci', 'registry.example/shop@sha256:1'),
    deliverNotification: (_, { place }) =>
      called('deliverNotification', { place, outcome: 'delivered' as const, detail: null }),
  } satisfies PublishActivities & NotifyActivities;
  const ingest = {
    indexFindings: () => called('indexFindings', { indexed: 3, masked: 1, failed: [] }),
    forgetEvidence: () => called('forgetEvidence', 3),
    ...sourceFakes(), // what golden shows is read by itself, a little later
  } satisfies Activities['ingest'];
  return { assurance, trust, transform, ingest, calls, records, uploads };
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
