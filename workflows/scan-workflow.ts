import {
  type ActivityOptions,
  CancellationScope,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  TemporalFailure,
} from '@temporalio/workflow';
import type { ScanActivities } from '../activities/scan/create-scan-activities.ts';
import type { RunRecord } from '../activities/scan/record-scan.ts';
import type { Notify, Profile } from '../contracts/manifest.ts';
import { type ToolRequest, toolRequests } from '../contracts/tool-choice.ts';
import type { Checkout, ResolvedManifest, ScanInput, ScanRun } from '../contracts/workflows.ts';
import { TOOL_QUEUE } from '../contracts/zones.ts';
import { resolveProfile } from '../domain/policy/resolve-profile.ts';
import { failureNotice, toFailure } from './failure-notice.ts';
import { bookkeeping, inZone } from './options.ts';
import { permitAndPublish } from './permit-and-publish.ts';
import { ProgressBoard, progress } from './progress.ts';
import { identityOf } from './run-identity.ts';
import { scanNews } from './scan-news.ts';
import { showState, showVerdict } from './search-attributes.ts';
import { startNotify } from './start-notify.ts';

/**
 * Steps over foreign code: whatever that does to a worker, it may not do it for ever. Half an hour of trying outlasts what
 * ails a machine; a remote that stays away is given up sooner, by the activities themselves.
 */
const overForeignCode: ActivityOptions['retry'] = {
  initialInterval: '500 milliseconds',
  maximumInterval: '2 minutes',
  maximumAttempts: 25,
};
const { fetchSource, resolveManifest, importReport } = proxyActivities<ScanActivities>({
  ...inZone('assurance', '1 hour'),
  retry: overForeignCode,
});
// A tool has a time limit of its own below this one.
const { runTool } = proxyActivities<ScanActivities>({
  ...inZone('assurance', '1 day'),
  taskQueue: TOOL_QUEUE,
  retry: overForeignCode,
});
// Composed from what foreign code made the tools say, and as little to be tried for ever.
const { composeBundle } = proxyActivities<ScanActivities>({
  ...inZone('assurance', '1 hour'),
  retry: overForeignCode,
});
const { signBundle } = proxyActivities<ScanActivities>(inZone('assurance', '1 hour'));
const { recordScan, cleanUp } = proxyLocalActivities<ScanActivities>(bookkeeping);

type Learn = (more: Partial<RunRecord>) => RunRecord;

/** Carries one source through the whole chain: scan, sign, permit, publish, ingest. */
export async function scanWorkflow(input: ScanInput): Promise<RunRecord> {
  const board = new ProgressBoard(['fetch', 'manifest', 'scan', 'gate', 'sign', 'permit', 'publish']);
  setHandler(progress, () => board.steps());
  let run: RunRecord = { status: 'RUNNING', startedAt: now() };
  let news: Notify | undefined;
  const learn: Learn = (more) => {
    run = { ...run, ...more };
    return run;
  };
  // also when the run was cancelled: its record must say so, and its checkout must go
  const close = (end: Pick<RunRecord, 'status' | 'errors'>) =>
    CancellationScope.nonCancellable(async () => {
      learn({ ...end, completedAt: now() });
      showState(end.status);
      if (end.status === 'CANCELLED') {
        // whoever cancelled it may take the disk away, or start anew, as soon as it says so
        await cleanUp(withoutManifest(input));
        await recordScan(input, run);
      } else await Promise.all([recordScan(input, run), cleanUp(withoutManifest(input))]);
      await startNotify(identityOf(input), scanNews(input, run, news));
    });
  showState('RUNNING');
  try {
    await Promise.all([
      recordScan(input, run),
      carryThrough(input, board, learn, (wanted) => {
        news = wanted;
      }),
    ]);
  } catch (caught) {
    const failure = toFailure(caught);
    // a bug of ours fails the workflow task until a release mends it: nothing may have been booked by then
    if (!(failure instanceof TemporalFailure)) throw failure;
    await close({
      status: isCancellation(failure) ? 'CANCELLED' : 'FAILED',
      errors: [failureNotice(failure)],
    });
    throw failure;
  }
  await close({ status: 'SUCCEEDED' });
  return run;
}

async function carryThrough(
  input: ScanInput,
  board: ProgressBoard,
  learn: Learn,
  tell: (whom: Notify | undefined) => void,
): Promise<void> {
  const startedAt = now();
  const scan = withoutManifest(input);
  const checkout = await board.during('fetch', () => fetchSource(scan));
  learn({ checkout });
  const manifest = await board.during('manifest', () => readManifest(input, checkout));
  learn({ manifestDigest: manifest.digest });
  const profile = resolveProfile(manifest.manifest, input.profile);
  // whoever writes the source must not choose whom we write to
  if (input.manifest.type !== 'repository') tell(profile.notify);

  const tools = await board.during('scan', () => look(scan, checkout, profile));
  const assessment = await board.during('gate', () =>
    composeBundle({ input: scan, checkout, manifest, tools, startedAt, completedAt: now() }),
  );
  showVerdict(assessment.verdict);
  await Promise.all([
    board.during('sign', () => signBundle(scan, assessment.bundle)),
    recordScan(input, learn({ assessment })), // the verdict shows now, however long Trust may keep the rest waiting
  ]);
  if (input.publish) await permitAndPublish(identityOf(input), assessment.bundle, board, learn);
  else board.skip('permit', 'publish');
}

/** A manifest that came with the request has been held against its schema by the API, and lies in this history already. */
async function readManifest(input: ScanInput, checkout: Checkout): Promise<ResolvedManifest> {
  if (input.manifest.type !== 'inline') return resolveManifest(input, checkout);
  const { manifest, digest } = input.manifest;
  return { manifest, digest, signedBy: null };
}

/** All tools side by side, for no longer than the profile allows them together; the names of their results. */
async function look(input: ScanRun, checkout: Checkout, profile: Profile): Promise<string[]> {
  if (input.source.type === 'sarif') return [(await importReport(input)).tool];
  const ceiling = profile.bundle.runtimeCeilingMinutes;
  const until = ceiling === undefined ? null : new Date(Date.now() + ceiling * 60_000).toISOString();
  const order = (tool: ToolRequest) => runTool(input, checkout, { ...tool, ...toldBy(profile), until });
  return (await allOrFailure(toolRequests(profile).map(order))).map(({ tool }) => tool);
}

/**
 * Waits for the last of them, also when one has failed or all are being cancelled: a run is over, and its checkout removed,
 * only when no tool of it is left.
 */
async function allOrFailure<T>(work: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}

/** What of a profile concerns the tools themselves. */
const toldBy = ({ deniedLicenses, stackBaseUrl }: Profile) => ({
  deniedLicenses,
  target: stackBaseUrl ?? null,
});

const withoutManifest = ({ manifest: _manifest, ...run }: ScanInput): ScanRun => run;

/** Deterministic: inside a workflow the clock is the history's. */
const now = (): string => new Date().toISOString();
