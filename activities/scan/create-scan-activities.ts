import type { Tool } from '../../contracts/manifest.ts';
import type { BundleReference, Checkout, ScanInput } from '../../contracts/workflows.ts';
import { withHeartbeat } from '../heartbeat.ts';
import { ensureCheckout, removeCheckout } from './checkout.ts';
import type { ScanDeps } from './deps.ts';
import { givingUpOnRemotes } from './give-up.ts';
import { type RunRecord, recordScan } from './record-scan.ts';
import { findSecrets } from './secrets-tool.ts';
import { signBundle } from './sign-bundle.ts';
import { removeToolResults, writeToolResult } from './tool-result.ts';
import { type Assessment, type BundleRequest, writeBundle } from './write-bundle.ts';

/** The steps of the assurance zone. Each may run twice, and on another machine than the one before it. */
export const createScanActivities = (deps: ScanDeps) => ({
  recordScan: (input: ScanInput, run: RunRecord): Promise<void> =>
    withHeartbeat(() => recordScan(deps, input, run)),

  fetchSource: (input: ScanInput): Promise<Checkout> =>
    withHeartbeat((signal) =>
      givingUpOnRemotes(async () => (await ensureCheckout(deps, input, undefined, signal)).checkout),
    ),

  runTool: (input: ScanInput, checkout: Checkout, tool: Tool): Promise<void> =>
    withHeartbeat(async (signal, beat) => {
      const { tree } = await givingUpOnRemotes(() => ensureCheckout(deps, input, checkout, signal));
      const result = { tool, ...(await RUN[tool](tree, beat, signal)) };
      await writeToolResult(deps.raw, input.scope, input.testId, result);
    }),

  composeBundle: (request: BundleRequest): Promise<Assessment> =>
    withHeartbeat(() => writeBundle(deps, request)),

  signBundle: (input: ScanInput, bundle: BundleReference): Promise<void> =>
    withHeartbeat(() => signBundle(deps, input, bundle)),

  /** Clears this machine; what other workers fetched for the run, they sweep away themselves. */
  cleanUp: (input: ScanInput): Promise<void> =>
    withHeartbeat(async () => {
      await removeCheckout(deps, input);
      await removeToolResults(deps.raw, input.scope, input.testId);
    }),
});

export type ScanActivities = ReturnType<typeof createScanActivities>;

const RUN = {
  secrets: async (tree: string, beat: () => void, signal: AbortSignal) => {
    const { version, findings, binaryFiles } = await findSecrets(tree, beat, signal);
    return { version, findings: [...findings], binaryFiles: [...binaryFiles] };
  },
} as const satisfies Record<Tool, unknown>;
