import type { Database } from '../../services/database/database.ts';
import type { EventLog } from '../../services/events/event-log.ts';
import type { Signer } from '../../services/keys/signer.ts';
import type { Bucket, ReadableBucket } from '../../services/objects/store.ts';
import type { ManifestAccess } from './manifest-access.ts';
import type { ReportReader } from './reports/report-reader.ts';
import type { ToolMeans } from './tools/tool-means.ts';

/** What the assurance zone holds. Neither the golden bucket nor the permit key is among it. */
export type ScanDeps = {
  readonly database: Database;
  readonly raw: Bucket;
  /** What callers brought: archives, and reports of other pipelines. */
  readonly uploads: ReadableBucket;
  /** Signs as the tenant, with the key that counts now; throws `no_signing_key` when there is none. */
  readonly evidenceSigner: (tenant: string) => Promise<Signer>;
  /** Folder for checkouts: a cache that may vanish between any two activities. */
  readonly workFolder: string;
  readonly sources: SourceLimits;
  /** Reads a bucket by its name; only those of `sources.buckets` are asked for. */
  readonly sourceBucket: (name: string) => ReadableBucket;
  readonly manifests: ManifestAccess;
  /** What the run tells while it goes on. */
  readonly events: Pick<EventLog, 'append' | 'read'>;
  readonly tools: ToolMeans;
  readonly readReport: ReportReader;
  readonly version: string;
};

export type SourceLimits = {
  /** Folders below which local sources may be read. */
  readonly roots: readonly string[];
  readonly gitHosts: readonly string[];
  /** Has a line for each git host that wants a credential. */
  readonly gitCredentialsFile: string | undefined;
  readonly buckets: readonly string[];
  /** host[:port] of registries that images and artifacts may be pulled from. */
  readonly registries: readonly string[];
  readonly maxFileBytes: number;
  readonly maxBytes: number;
  readonly maxFiles: number;
};
