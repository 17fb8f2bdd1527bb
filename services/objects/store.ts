import type { Readable } from 'node:stream';

/** What is known of a stored object without reading it. */
export type ObjectInfo = {
  readonly key: string;
  readonly size: number;
  readonly sha256: string;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
};

export type PutOptions = {
  readonly contentType: string;
  /** Lower-case names, printable ASCII values: the common denominator of the stores. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** When given, bytes with another digest are refused with `digest_mismatch` and nothing is stored. */
  readonly sha256?: string;
  /** Store only when the key is free; of several racing writers exactly one gets `created`. */
  readonly ifAbsent?: boolean;
};

export type PutResult = { readonly outcome: 'created' | 'replaced' | 'exists'; readonly info: ObjectInfo };

/** The half of a bucket that a zone without write access is given. */
export interface ReadableBucket {
  readonly name: string;
  /** `undefined` when there is no such object. */
  head(key: string): Promise<ObjectInfo | undefined>;
  /** Streams an object; throws `object_not_found`. */
  open(key: string): Promise<{ info: ObjectInfo; body: Readable }>;
  /** The whole object in memory; throws `object_too_large` beyond the limit before reading further. */
  read(key: string, limit: number): Promise<Uint8Array>;
  /** Every key under the prefix in ascending byte order, page by page. */
  list(prefix: string): AsyncIterable<ObjectInfo>;
  /** Where a person or a stock tool finds the object: an absolute path, or s3://bucket/key. */
  locate(key: string): string;
}

export interface Bucket extends ReadableBucket {
  put(key: string, body: Uint8Array | Readable, options: PutOptions): Promise<PutResult>;
  /** Removing what is not there is a success. */
  remove(key: string): Promise<void>;
}

export interface ObjectStore {
  /** Creates the bucket when it is missing. */
  bucket(name: string): Promise<Bucket>;
  /** Opens an existing bucket for reading only. */
  readable(name: string): ReadableBucket;
  close(): Promise<void>;
}
