import type { KeySet } from '../../contracts/keys.ts';
import type { Database } from '../../services/database/database.ts';
import type { Signer } from '../../services/keys/signer.ts';
import type { ReadableBucket } from '../../services/objects/store.ts';

/** What it takes to look at golden copies. Nothing of it can change one. */
export type AuditDeps = {
  readonly database: Database;
  readonly golden: ReadableBucket;
  /** Of copies that are kept aside, under the same keys. */
  readonly archive: ReadableBucket;
  readonly keySet: KeySet;
  readonly promotionSigner: Pick<Signer, 'keyId'>;
  readonly now: () => Date;
};
