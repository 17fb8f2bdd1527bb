import type { Inclusion, LogEntry } from '../../contracts/transparency.ts';

/** Where every act of Trust is written down, for good. Only the trust zone holds one: it takes the log's key. */
export interface TransparencyLog {
  /** Appends what is not there yet, in this order, and proves the place of each under a signed checkpoint. */
  append(entries: readonly LogEntry[]): Promise<Inclusion[]>;
}

export type LoggedEntry = { readonly index: number; readonly entryId: string; readonly entry: LogEntry };

export type EntryFilter = {
  readonly testId?: string | undefined;
  readonly assessmentId?: string | undefined;
  readonly workspace?: string | undefined;
  readonly signer?: string | undefined;
  readonly kind?: LogEntry['kind'] | undefined;
  /** Entries before this index, newest first. */
  readonly before?: number | undefined;
  /** So many of them are passed over. */
  readonly offset?: number | undefined;
  readonly limit: number;
};

/** The log as anybody may read it: nothing here takes a key. */
export interface TransparencyReader {
  head(): Promise<Checkpoint | undefined>;
  checkpoint(size: number): Promise<Checkpoint | undefined>;
  entry(entryId: string): Promise<LoggedEntry | undefined>;
  entries(tenant: string, filter: EntryFilter): Promise<LoggedEntry[]>;
  /** Throws `entry_not_found` for what is not in a tree of that size; of the newest one when no size is given. */
  inclusion(entryId: string, size?: number): Promise<Inclusion>;
  /** Hashes, hex, that show that the larger tree only adds to the smaller. */
  consistency(from: number, to: number): Promise<string[]>;
  /** C2SP tiles: hashes, and the entries themselves. */
  tile(level: number, index: number, width: number): Promise<Uint8Array | undefined>;
  entryTile(index: number, width: number): Promise<Uint8Array | undefined>;
}

export type Checkpoint = {
  readonly size: number;
  readonly rootHash: string;
  readonly note: string;
  readonly at: Date;
};
