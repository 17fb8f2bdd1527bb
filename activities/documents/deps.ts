import type { KeySet } from '../../contracts/keys.ts';
import type { Database } from '../../services/database/database.ts';
import type { Signer } from '../../services/keys/signer.ts';
import type { Bucket, ReadableBucket } from '../../services/objects/store.ts';

/** What the assurance zone needs to speak for documents. */
export type DocumentsDeps = {
  readonly database: Database;
  readonly raw: Bucket;
  readonly uploads: ReadableBucket;
  /** The keys that the installation pins; the operator's is among them. */
  readonly keySet: KeySet;
  readonly evidenceSigner: (tenant: string) => Promise<Signer>;
  readonly version: string;
  readonly now: () => Date;
};
