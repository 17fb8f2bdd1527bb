import type { Client } from '@temporalio/client';
import type { KeySet } from '../contracts/keys.ts';
import type { TrustedRoot } from '../domain/sigstore/trusted-root.ts';
import type { Settings } from '../services/config/settings.ts';
import type { Database } from '../services/database/database.ts';
import type { Embedder } from '../services/embeddings/embedder.ts';
import type { EventLog } from '../services/events/event-log.ts';
import type { KeyEncryption } from '../services/keys/key-encryption.ts';
import type { Signer } from '../services/keys/signer.ts';
import type { Logger } from '../services/log/log.ts';
import type { Bucket, ReadableBucket } from '../services/objects/store.ts';
import type { Sanitizing } from '../services/sanitize/sanitizing.ts';
import type { SearchIndex } from '../services/search/search-index.ts';
import type { TransparencyReader } from '../services/transparency/transparency-log.ts';
import type { Authenticator } from './authentication.ts';
import type { KeylessSigner } from './signing/keyless.ts';

/** What the API stores and shows. Nothing is opened before it is asked for: the API starts while its servers are away. */
export type ApiObjects = {
  /** What strangers bring lies apart from the evidence: the API writes here and nowhere else. */
  uploads(): Promise<Bucket>;
  readonly raw: ReadableBucket;
  readonly golden: ReadableBucket;
  /** What is held back: only reviewers are shown anything of it. */
  readonly quarantine: ReadableBucket;
};

/** What the API needs to verify, and to tell Trust what an administrator wants. It holds no key that evidence or permits are signed with. */
export type TrustAccess = {
  /** The keys that the installation pins. */
  readonly keySet: KeySet;
  /** Signs orders to Trust. */
  readonly operator: Signer;
  /** Seals private keys that are uploaded; none can be when it is missing. */
  readonly keyEncryption: KeyEncryption | undefined;
  readonly sealedKeys: () => Promise<Bucket>;
  readonly log: TransparencyReader;
  /** A Sigstore trusted root, as the operator pinned it. */
  readonly trustedRoot: TrustedRoot | undefined;
  /** Certificates of the built-in authority in PEM: the issuing one, then its root. */
  readonly authorityChain?: string | undefined;
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
    | 'CERTUS_RAW_BUCKET'
    | 'CERTUS_UPLOADS_BUCKET'
    | 'CERTUS_QUARANTINE_BUCKET'
    | 'CERTUS_UPLOAD_MAX_BYTES'
    | 'CERTUS_UPLOAD_HOURS'
    | 'CERTUS_INGEST_MAX_BYTES'
    | 'CERTUS_REGISTRY_URL'
    | 'CERTUS_REGISTRY_NAMESPACE'
    | 'CERTUS_AUTHORITY_URL'
  >;
  readonly database: Database;
  readonly temporal: Client;
  readonly search: SearchIndex;
  /** Makes a vector of what is asked for; missing where words alone are compared. */
  readonly embedder?: Embedder | undefined;
  readonly events: EventLog;
  readonly objects: ApiObjects;
  readonly trust: TrustAccess;
  readonly sanitizing: Sanitizing;
  /** Signs without a key of ours; missing where what that takes is not set. */
  readonly keyless?: KeylessSigner | undefined;
  /** How many are following the log of a scan through this process. */
  readonly activeStreams: () => number;
  readonly authenticator: Authenticator;
  readonly log: Logger;
  readonly version: string;
};
