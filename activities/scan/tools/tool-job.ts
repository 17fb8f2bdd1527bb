import type { ToolOrder } from '../../../contracts/tool-choice.ts';
import type { ScanRun } from '../../../contracts/workflows.ts';
import type { Bucket } from '../../../services/objects/store.ts';
import type { TimeLimit } from './time-limit.ts';
import type { ToolLog } from './tool-log.ts';
import type { ToolMeans } from './tool-means.ts';

/** One run of one tool, with everything it works with. */
export type ToolJob = {
  readonly means: ToolMeans;
  readonly raw: Bucket;
  /** Folder that private folders of tools are made in. */
  readonly workFolder: string;
  readonly input: ScanRun;
  readonly order: ToolOrder;
  readonly requestedAt: string;
  /** The checkout. */
  readonly tree: string;
  readonly limit: TimeLimit;
  readonly log: ToolLog;
  readonly signal: AbortSignal;
};
