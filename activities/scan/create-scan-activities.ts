import type { ToolOrder } from '../../contracts/tool-choice.ts';
import type { ToolRun } from '../../contracts/tool-run.ts';
import type {
  BundleReference,
  Checkout,
  ResolvedManifest,
  ScanInput,
  ScanRun,
  UploadInput,
} from '../../contracts/workflows.ts';
import { withHeartbeat } from '../heartbeat.ts';
import { assess } from './assess.ts';
import { ensureCheckout, removeCheckout } from './checkout.ts';
import type { ScanDeps } from './deps.ts';
import { givingUpOnRemotes } from './give-up.ts';
import { fetchReport, importReport } from './import-report.ts';
import { type RunRecord, recordScan } from './record-scan.ts';
import { recordUpload, type UploadRecord } from './record-upload.ts';
import { resolveManifest } from './resolve-manifest.ts';
import { runTool } from './run-tool.ts';
import { signBundle } from './sign-bundle.ts';
import { tellPhase } from './tell-phase.ts';
import { removeToolResults } from './tool-result.ts';
import type { Assessment, BundleRequest } from './write-bundle.ts';

/** The steps of the assurance zone. Each may run twice, and on another machine than the one before it. */
export const createScanActivities = (deps: ScanDeps) => ({
  recordScan: (input: ScanInput, run: RunRecord): Promise<void> =>
    withHeartbeat(() => recordScan(deps, input, run)),

  fetchSource: (input: ScanRun): Promise<Checkout> =>
    withHeartbeat(async (signal) => {
      const checkout = await givingUpOnRemotes(async () =>
        input.source.type === 'sarif'
          ? fetchReport(deps, input, input.source)
          : (await ensureCheckout(deps, input, undefined, signal)).checkout,
      );
      const { commit, contentHash, files, bytes } = checkout;
      await tellPhase(deps.events, input, 'fetched', { commit, content_hash: contentHash, files, bytes });
      return checkout;
    }),

  resolveManifest: (input: ScanInput, checkout: Checkout): Promise<ResolvedManifest> =>
    withHeartbeat((signal) =>
      givingUpOnRemotes(async () => {
        const { tree } = await ensureCheckout(deps, input, checkout, signal);
        return resolveManifest(deps, input, tree, signal);
      }),
    ),

  runTool: (input: ScanRun, checkout: Checkout, order: ToolOrder): Promise<ToolRun> =>
    withHeartbeat((signal) => runTool(deps, input, checkout, order, signal)),

  importReport: (input: ScanRun): Promise<ToolRun> =>
    withHeartbeat((signal) => importReport(deps, input, signal)),

  composeBundle: (request: BundleRequest): Promise<Assessment> => withHeartbeat(() => assess(deps, request)),

  signBundle: (input: ScanRun, bundle: BundleReference): Promise<void> =>
    withHeartbeat(() => signBundle(deps, input, bundle)),

  recordUpload: (input: UploadInput, upload: UploadRecord): Promise<void> =>
    withHeartbeat(() => recordUpload(deps, input, upload)),

  /** Clears this machine; what other workers fetched for the run, they sweep away themselves. */
  cleanUp: (input: ScanRun): Promise<void> =>
    withHeartbeat(async () => {
      await removeCheckout(deps, input);
      await removeToolResults(deps.raw, input.scope, input.testId);
    }),
});

export type ScanActivities = ReturnType<typeof createScanActivities>;
