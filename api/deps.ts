import type { Client } from '@temporalio/client';
import type { Settings } from '../services/config/settings.ts';
import type { Database } from '../services/database/database.ts';
import type { EventLog } from '../services/events/event-log.ts';
import type { Logger } from '../services/log/log.ts';
import type { Bucket, ReadableBucket } from '../services/objects/store.ts';
import type { SearchIndex } from '../services/search/search-index.ts';
import type { Authenticator } from './authentication.ts';

/** What the API stores and shows. Nothing is opened before it is asked for: the API starts while its servers are away. */
export type ApiObjects = {
  /** What strangers bring lies apart from the evidence: the API writes here and nowhere else. */
  uploads(): Promise<Bucket>;
  readonly raw: ReadableBucket;
  readonly golden: ReadableBucket;
};

/** Everything the API needs of the world; `main.ts` builds it. */
export type ApiDeps = {
  readonly settings: Pick<
    Settings,
    | 'CERTUS_API_HOST'
    | 'CERTUS_API_ALLOWED_HOSTS'
    | 'CERTUS_SOURCE_ROOTS'
    | 'CERTUS_SOURCE_BUCKETS'
    | 'CERTUS_SOURCE_REGISTRIES'
    | 'CERTUS_ARCHIVE_MAX_BYTES'
  >;
  readonly database: Database;
  readonly temporal: Client;
  readonly search: SearchIndex;
  readonly events: EventLog;
  readonly objects: ApiObjects;
  /** How many are following the log of a scan through this process. */
  readonly activeStreams: () => number;
  readonly authenticator: Authenticator;
  readonly log: Logger;
  readonly version: string;
};
