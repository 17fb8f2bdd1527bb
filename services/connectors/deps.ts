import type { Scope } from '../../contracts/identifiers.ts';
import type { ReadableBucket } from '../objects/store.ts';
import type { Renderer } from '../web/renderer.ts';
import type { Web } from '../web/web.ts';
import type { Clones } from './git/clones.ts';
import type { Listings } from './git/listings.ts';
import type { SourceBuckets } from './s3/source-bucket.ts';

/** What sources are read with; one set for a worker, whatever it ingests. */
export type ConnectorDeps = {
  readonly uploads: ReadableBucket;
  readonly golden: ReadableBucket;
  readonly buckets: SourceBuckets;
  readonly git: { readonly clones: Clones; readonly listings: Listings; readonly maxFiles: number };
  readonly web: Web;
  /** Absent where pages cannot be rendered. */
  readonly renderer?: Renderer | undefined;
  readonly now: () => Date;
};

/** For whom a source is read. */
export type Reader = { readonly scope: Scope; readonly deps: ConnectorDeps };
