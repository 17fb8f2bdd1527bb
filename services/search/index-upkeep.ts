/** Which form the index has, and which one this release writes. */
export type IndexStatus = {
  readonly engine: 'postgres' | 'opensearch';
  /** What is searched now. */
  readonly index: string;
  readonly version: number;
  readonly wantedVersion: number;
  readonly documents: number;
  readonly state: 'current' | 'outdated' | 'reindexing';
  /** How many have the form that is wanted. */
  readonly converted: number;
  /** What was searched before, or was to be, and is still there. */
  readonly kept: readonly string[];
};

export type ReindexOptions = {
  /** Who asks: asked again by the same, it is not done twice. At most 200 characters. */
  readonly request: string;
  /** Also when the form is the one that is wanted. */
  readonly anew?: boolean;
  readonly signal: AbortSignal;
};

/** Brings an index into another form while it is searched and written. */
export interface IndexUpkeep {
  status(): Promise<IndexStatus>;
  /** Goes on where an earlier call was broken off. Nothing that is written or removed meanwhile is lost. */
  reindex(options: ReindexOptions): Promise<IndexStatus>;
  /** Deletes what was searched before. Returns the names. */
  dropKept(): Promise<readonly string[]>;
}
