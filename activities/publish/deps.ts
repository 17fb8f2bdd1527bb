import type { Scope } from '../../contracts/identifiers.ts';
import type { KeySet } from '../../contracts/keys.ts';
import type { Database } from '../../services/database/database.ts';
import type { Signer } from '../../services/keys/signer.ts';
import type { Bucket, ReadableBucket } from '../../services/objects/store.ts';
import type { Inspector } from '../../services/privacy/inspector.ts';
import type { Registry } from '../../services/registry/registry.ts';

/** What the transform zone holds: write access to golden and the registry, and only public keys of everyone else. */
export type PublishDeps = {
  readonly database: Database;
  readonly raw: ReadableBucket;
  readonly golden: Bucket;
  /** What people brought. */
  readonly uploads: Bucket;
  /** What was held back, and what was taken away again. */
  readonly quarantine: Bucket;
  readonly inspector: Inspector;
  readonly registry: Registry;
  readonly registryNamespace: string;
  readonly promotionSigner: Signer;
  readonly keySet: KeySet;
  /** Until when what comes into golden at this time may not be changed by anybody; `undefined` where no policy asks for it. */
  readonly lockUntil: (scope: Scope, at: Date) => Promise<Date | undefined>;
  readonly now: () => Date;
};
