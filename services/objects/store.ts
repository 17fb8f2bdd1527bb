import type { Readable } from 'node:stream';

/** What is known of a stored object without reading it. */
export type ObjectInfo = {
  readonly key: string;
  readonly size: number;
  readonly sha256: string;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Present while the store keeps it from being changed. A `head` tells it; an `open` where the server's answer to it does. */
  readonly retainUntil?: Date;
};

/** What a listing tells of an object; everything else takes a `head`. */
export type ObjectEntry = Pick<ObjectInfo, 'key' | 'size'>;

export type PutOptions = {
  readonly contentType: string;
  /** Lower-case names, printable ASCII values: the common denominator of the stores. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** When given, bytes with another digest are refused with `digest_mismatch` and nothing is stored. */
  readonly sha256?: string;
  /** Store only when the key is free; of several racing writers exactly one gets `created`. */
  readonly ifAbsent?: boolean;
  /**
   * With it and `sha256` a stream goes straight to the store, whatever its size, and becomes an object only if it was what
   * was announced. Without it the stream is first read to its end.
   */
  readonly size?: number;
  /**
   * For a stream with both, which comes as fast as a store can take it: it may go in one request, which costs half as much as
   * parts do, and has to begin anew when the network fails it.
   */
  readonly inOne?: boolean;
  /** At most ten, names as in metadata, values of letters, digits, `_.:/=+-@` and spaces between. They show in the store's own tools. */
  readonly tags?: Readonly<Record<string, string>>;
  /**
   * Until then the store itself lets nobody change or remove these bytes; needs a bucket that was opened with a lock. Rounded
   * up to whole seconds; a time that has passed asks for nothing.
   */
  readonly retainUntil?: Date;
};

/** How a bucket holds to `retainUntil`: an administrator of the store may lift `governance`, and nobody `compliance`. */
export type BucketOptions = { readonly lock?: 'governance' | 'compliance' };

/** What whoever follows the address may store, and nothing else, under one key that is free. */
export type PresignPutOptions = {
  readonly seconds: number;
  readonly size: number;
  readonly sha256: string;
};
export type PresignedPut = {
  readonly url: string;
  readonly method: 'PUT';
  /** To be sent as they are. */
  readonly headers: Readonly<Record<string, string>>;
};

/** Both ends are part of it, and the first one is 0, as HTTP counts. */
export type ByteRange = { readonly start: number; readonly end: number };

/** What whoever follows the address is told about the object, whatever the store knows of it. */
export type PresignOptions = {
  readonly seconds: number;
  readonly contentType: string;
  readonly contentDisposition: string;
};

/** Without `ifAbsent`, racing writers may both be told `created`; with it the outcome is exact. */
export type PutResult = { readonly outcome: 'created' | 'replaced' | 'exists'; readonly info: ObjectInfo };

/**
 * The half of a bucket that a zone without write access is given.
 *
 * A key is a relative path: `/` between segments that are neither empty, `.` nor `..`; no backslash, no control
 * character; at most 255 bytes a segment and 900 in all. Anything else is `invalid_key`.
 */
export interface ReadableBucket {
  readonly name: string;
  /** `undefined` when there is no such object. */
  head(key: string): Promise<ObjectInfo | undefined>;
  /**
   * Streams an object; throws `object_not_found`. Bytes that are no longer those of `info.sha256` end the stream
   * with `digest_mismatch`, so nothing read is good until the stream has ended well. Read it or destroy it.
   */
  open(key: string): Promise<{ info: ObjectInfo; body: Readable }>;
  /**
   * Streams a part of an object; throws `object_not_found`, and `range_not_satisfiable` for a part that the object does
   * not have. A part has no digest to be held to: `info.sha256` is what was recorded of the whole.
   */
  openRange(key: string, range: ByteRange): Promise<{ info: ObjectInfo; body: Readable }>;
  /** An address that anybody may read the object from for this long; absent where the store has no door of its own. */
  presign?(key: string, options: PresignOptions): Promise<string>;
  /** The whole object in memory, checked as above; throws `object_too_large` beyond the limit before reading further. */
  read(key: string, limit: number): Promise<Uint8Array>;
  /**
   * Every key that starts with the prefix, in ascending byte order, page by page. What others stored under a name that
   * is no key of ours is left out, and its name told to who wants to know.
   */
  list(prefix: string, leftOut?: (name: string) => void): AsyncIterable<ObjectEntry>;
  /** Where a person or a stock tool finds the object: an absolute path, or s3://bucket/key. */
  locate(key: string): string;
}

export interface Bucket extends ReadableBucket {
  /**
   * All or nothing: whoever reads sees the former object or the new one, whole. A stream is read to its end
   * or destroyed, and its own failure is passed on. Where `a` stands, `a/b` may be refused with `object_conflict`, and the other way round.
   */
  put(key: string, body: Uint8Array | Readable, options: PutOptions): Promise<PutResult>;
  /**
   * Removing what is not there is a success. What is retained is not removed: `object_retained`, also where the store would
   * hide it and keep its bytes.
   */
  remove(key: string): Promise<void>;
  /** An address that takes one object; absent where the store has no door of its own. */
  presignPut?(key: string, options: PresignPutOptions): Promise<PresignedPut>;
}

export interface ObjectStore {
  /** Creates the bucket when it is missing, with a lock when one is asked for. */
  bucket(name: string, options?: BucketOptions): Promise<Bucket>;
  /** Opens an existing bucket for reading only; one that does not exist reads as empty. */
  readable(name: string): ReadableBucket;
  close(): Promise<void>;
}
