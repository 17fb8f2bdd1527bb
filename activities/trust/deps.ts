import type { KeySet } from '../../contracts/keys.ts';
import type {
  BuiltInAuthority,
  CertificateAuthority,
} from '../../services/authority/certificate-authority.ts';
import type { Database } from '../../services/database/database.ts';
import type { Signer } from '../../services/keys/signer.ts';
import type { ReadableBucket } from '../../services/objects/store.ts';
import type { TransparencyLog } from '../../services/transparency/transparency-log.ts';

/** What the trust zone holds: the permit key, the log, and no way to write into any bucket. */
export type TrustDeps = {
  readonly database: Database;
  readonly raw: ReadableBucket;
  readonly permitSigner: Signer;
  readonly log: TransparencyLog;
  /** The keys that the installation pins; those of a tenant come from Trust's own list. */
  readonly keySet: KeySet;
  readonly permitLifetimeMs: number;
  readonly evidenceMaxAgeMs: number;
  readonly version: string;
  /** Issues certificates of production: the built-in authority, or a gateway of others. */
  readonly authority?: CertificateAuthority | undefined;
  /** Issues certificates of the sandbox, and says what was revoked. */
  readonly builtInAuthority?: BuiltInAuthority | undefined;
  readonly now: () => Date;
};
