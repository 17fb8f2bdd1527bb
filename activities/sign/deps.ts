import type { Environment } from '../../contracts/keys.ts';
import type { Signer } from '../../services/keys/signer.ts';
import type { Bucket, ReadableBucket } from '../../services/objects/store.ts';

/** What the assurance zone holds for signing on request. */
export type SignDeps = {
  readonly raw: Bucket;
  /** What callers brought, requests to sign among it. */
  readonly uploads: ReadableBucket;
  /** Signs as the tenant, with the key of an environment; throws `no_signing_key` when there is none. */
  readonly evidenceSigner: (tenant: string, environment?: Environment) => Promise<Signer>;
  /** Adds what a timestamp authority says to a bundle; bundles carry no time when there is none. */
  readonly timestamp?: ((bundle: Uint8Array) => Promise<Uint8Array>) | undefined;
};
