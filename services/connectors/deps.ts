import type { Scope } from '../../contracts/identifiers.ts';
import type { ReadableBucket } from '../objects/store.ts';
import type { Web } from '../web/web.ts';
import type { SourceBuckets } from './s3/source-bucket.ts';

/** What sources are read with; one set for a worker, whatever it ingests. */
export type ConnectorDeps = {
  readonly uploads: ReadableBucket;
  readonly golden: ReadableBucket;
  readonly buckets: SourceBuckets;
  readonly git: GitAccess;
  readonly web: Web;
  /** Folder for clones: a cache that may vanish between any two pages. */
  readonly workFolder: string;
  readonly now: () => Date;
};

export type GitAccess = {
  /** Folders below which local repositories may be read. */
  readonly roots: readonly string[];
  readonly hosts: readonly string[];
  /** Has a line for each git host that wants a credential. */
  readonly credentialsFile: string | undefined;
  readonly maxBytes: number;
  readonly maxFiles: number;
};

/** For whom a source is read. */
export type Reader = { readonly scope: Scope; readonly deps: ConnectorDeps };
