import type { Client } from '@temporalio/client';
import type { Settings } from '../services/config/settings.ts';
import type { Database } from '../services/database/database.ts';
import type { Logger } from '../services/log/log.ts';
import type { SearchIndex } from '../services/search/search-index.ts';
import type { Authenticator } from './authentication.ts';

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
  readonly authenticator: Authenticator;
  readonly log: Logger;
  readonly version: string;
};
