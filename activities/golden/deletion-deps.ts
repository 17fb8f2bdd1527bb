import type { KeySet } from '../../contracts/keys.ts';
import type { Database } from '../../services/database/database.ts';
import type { Signer } from '../../services/keys/signer.ts';
import type { Bucket, ReadableBucket } from '../../services/objects/store.ts';
import type { Registry } from '../../services/registry/registry.ts';

/** What it takes to put golden copies aside, and to delete them. */
export type DeletionDeps = {
  readonly database: Database;
  readonly golden: Bucket;
  /** Of copies that are kept aside, under the same keys. */
  readonly archive: Bucket;
  readonly quarantine: Bucket;
  readonly uploads: Bucket;
  /** Only to read: what lies there is the assurance zone's to remove. */
  readonly raw: ReadableBucket;
  readonly registry: Registry;
  readonly registryNamespace: string;
  readonly promotionSigner: Signer;
  readonly keySet: KeySet;
  readonly now: () => Date;
};

export type Run = {
  readonly scope: { readonly tenant: string; readonly workspace: string };
  readonly testId: string;
};
