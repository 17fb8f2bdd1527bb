import type { Readable } from 'node:stream';
import type { Descriptor } from './content.ts';

/** A manifest or index as it lies in a registry: its exact bytes decide its digest. */
export type StoredManifest = {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  /** `sha256:…` of the bytes. */
  readonly digest: string;
};

/** Bytes that are too many for memory; opened anew for each attempt. */
export type BlobSource = { readonly size: number; open(): Promise<Readable> };

export type PushOptions = {
  /** A repository of the same registry that may hold the blob already, so that it need not travel. */
  readonly mountFrom?: string | undefined;
  /** Of a small blob that is hardly there: to ask for it would take as long as to send it. */
  readonly unasked?: boolean | undefined;
};

/** `forbidden`: this registry deletes nothing, and goes on serving it. */
export type Withdrawal = 'withdrawn' | 'absent' | 'forbidden';

/** What Certus needs of a registry; digests are written `sha256:<hex>`. Names outside OCI's grammar are `invalid_request`. */
export interface Registry {
  hasBlob(repository: string, digest: string): Promise<boolean>;
  /**
   * Idempotent; bytes that do not match the digest are refused with `digest_mismatch`. Of a source no more than a few
   * megabytes are held at a time, and what of it has arrived is not sent again.
   */
  pushBlob(
    repository: string,
    digest: string,
    body: Uint8Array | BlobSource,
    options?: PushOptions,
  ): Promise<void>;
  /**
   * Throws `object_not_found`, and `object_too_large` beyond the limit (256 MiB when none is given);
   * what comes back has been checked against the digest.
   */
  pullBlob(repository: string, digest: string, limit?: number): Promise<Uint8Array>;
  /** Streams a blob into a new file; what is not of its size and digest is refused and leaves nothing that counts. */
  downloadBlob(
    repository: string,
    descriptor: Pick<Descriptor, 'digest' | 'size'>,
    file: string,
    signal?: AbortSignal,
  ): Promise<void>;
  /**
   * Stores the manifest under its digest and, when given, under the tag as well. One that names blobs the
   * repository does not hold is `registry_refused`.
   */
  pushManifest(
    repository: string,
    bytes: Uint8Array,
    mediaType: string,
    tag?: string,
  ): Promise<StoredManifest>;
  /** By tag or digest; `undefined` when there is none. A digest is checked against the bytes. */
  pullManifest(repository: string, reference: string): Promise<StoredManifest | undefined>;
  /**
   * From now on serves neither the tag nor, by its digest, the manifest that it names. Blobs stay, which others may share.
   * Withdrawing what is not there is `absent`.
   */
  withdraw(repository: string, tag: string): Promise<Withdrawal>;
  /** What was pushed with this digest as its subject, such as signatures. Whoever may push may add to it. */
  referrers(repository: string, digest: string): Promise<Descriptor[]>;
  /** Tags a person gave, in byte order; the digest-named fallback tags of referrers are left out. */
  tags(repository: string): Promise<string[]>;
  /** What stock tools are given to find it: `host/repository:tag@digest`, or `oci:/path/to/layout:tag`. */
  reference(repository: string, tag: string, digest: string): string;
  ping(): Promise<void>;
}
