import type { MessagePort } from 'node:worker_threads';
import type { ErrorCode } from '../../contracts/errors.ts';
import type { Draft } from '../../domain/ingest/draft.ts';
import type { ItemNature, ReadItem } from './item-reader.ts';

// What goes to a reading thread and comes back: values alone, since no class survives the way.

export type ReaderTask = {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly location: string;
  readonly extra: ItemNature['extra'];
  /** The policy as JSON: a thread knows it again by it. */
  readonly policy: string;
  readonly reading: string;
  readonly nameKey: Uint8Array | undefined;
  readonly maxBytes: number;
  readonly maxDrafts: number;
  /** Drafts go out here, and each answer says that some are dealt with. */
  readonly drafts: MessagePort;
};

/** Goes out as JSON: of many small values a copy by the engine costs several times as much. */
export type DraftBatch = { readonly drafts: readonly Draft[]; readonly nature: ItemNature };

export type ReaderAnswer =
  /** With the last of its drafts. */
  | (ReadItem & { readonly last: string })
  | { readonly failure: { readonly code: ErrorCode; readonly message: string } };
