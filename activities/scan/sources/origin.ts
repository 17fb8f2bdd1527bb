import type { Checkout, ScanRun, Source } from '../../../contracts/workflows.ts';
import type { ReadableBucket } from '../../../services/objects/store.ts';
import type { ScanDeps, SourceLimits } from '../deps.ts';
import type { Skipped } from '../skipped.ts';

export type SourceDeps = Pick<ScanDeps, 'workFolder' | 'sources' | 'uploads' | 'sourceBucket'> & {
  readonly raw: Pick<ReadableBucket, 'name'>;
};

/** One source that is being fetched. */
export type Fetching<T extends Source['type']> = {
  readonly source: Extract<Source, { type: T }>;
  readonly scope: ScanRun['scope'];
  /** An empty folder for what is needed on the way. */
  readonly draft: string;
  /** An empty folder for the files that are scanned. */
  readonly tree: string;
  readonly limits: SourceLimits;
  readonly signal?: AbortSignal | undefined;
};

/** Where the files of a checkout came from, and what of it was left out. */
export type Origin = Pick<Checkout, 'commit' | 'branch' | 'tag' | 'originDigest'> & {
  readonly skipped: Skipped;
};

export const NOWHERE = { commit: null, branch: null, tag: null, originDigest: null } as const;
