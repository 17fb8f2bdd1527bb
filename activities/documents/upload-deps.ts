import type { Database } from '../../services/database/database.ts';
import type { Bucket } from '../../services/objects/store.ts';

export type UploadDeps = {
  readonly database: Database;
  readonly uploads: Bucket;
  readonly now: () => Date;
};
