import type { Scope } from '../../contracts/identifiers.ts';
import type { MetadataEnvelope, RecordKind } from '../../contracts/index-record.ts';
import type { SearchFilters } from '../../contracts/search.ts';
import type { IndexUpkeep } from './index-upkeep.ts';

/** One searchable thing. Its text has been masked before it gets here. */
export type IndexDocument = {
  /** Stable within a scope: indexing the same id again replaces the document. */
  readonly id: string;
  readonly kind: RecordKind;
  readonly title: string;
  readonly text: string;
  readonly severity?: string;
  readonly rule?: string;
  readonly tool?: string;
  readonly path?: string;
  readonly component?: string;
  readonly testId?: string;
  readonly package?: string;
  readonly packageVersion?: string;
  readonly licenses?: readonly string[];
  /** Which kind of source it came from, which one, and where in it. */
  readonly source?: string;
  readonly sourceId?: string;
  readonly location?: string;
  readonly ingestionId?: string;
  readonly documentId?: string;
  readonly language?: string;
  /** Only who has one of them finds it; everybody of the workspace, when there are none. */
  readonly labels?: readonly string[];
  /** Given back with a hit; not searchable. */
  readonly envelope?: MetadataEnvelope;
  /** Anything else worth giving back with a hit; not searchable. */
  readonly extra?: Readonly<Record<string, string | number | boolean>>;
  /** Unit-length vector of the index's dimension. */
  readonly embedding?: Float32Array;
  /** ISO 8601. */
  readonly capturedAt: string;
};

export type SearchQuery = {
  /** Words; matched against title, text, rule, path, location and package. */
  readonly text?: string;
  /** With `text` the two rankings are fused by reciprocal rank. With neither, newest first. */
  readonly vector?: Float32Array;
  readonly filters?: SearchFilters;
  /** The labels of who asks. Left out, everything is found: for nobody but who may see everything. */
  readonly access?: readonly string[];
  readonly limit: number;
  readonly offset?: number;
};

export type SearchHit = {
  readonly document: Omit<IndexDocument, 'embedding'>;
  readonly score: number;
  /** Excerpts of the text around the matched words, the words between « and ». */
  readonly highlights: readonly string[];
};

export type SearchResult = { readonly total: number; readonly hits: readonly SearchHit[] };

export type IndexResult = {
  readonly indexed: number;
  /** One malformed document never fails the rest. */
  readonly failed: readonly { readonly id: string; readonly reason: string }[];
};

export type IndexOptions = {
  /** False when more is to come: `refresh` then makes it visible, or time does. True when left out. */
  readonly visible?: boolean;
};

/** A scope is part of every call, and no answer ever holds a document of another scope. */
export interface SearchIndex {
  /** Creates what is missing; safe to call again and from several processes at once. */
  ensure(): Promise<void>;
  /** Durable once it resolves, and visible to `search` unless that was not asked for. */
  index(scope: Scope, documents: readonly IndexDocument[], options?: IndexOptions): Promise<IndexResult>;
  /** Makes visible what was written before. */
  refresh(): Promise<void>;
  search(scope: Scope, query: SearchQuery): Promise<SearchResult>;
  /**
   * Removes what matches every given filter, whoever may see it; an empty filter is refused. Nothing of it is left or
   * found once it resolves. Returns how many went.
   */
  remove(scope: Scope, filters: SearchFilters): Promise<number>;
  /** Zero only when nothing that matches is left anywhere, also not in what an earlier form of the index still keeps. */
  count(scope: Scope, filters: SearchFilters): Promise<number>;
  readonly upkeep: IndexUpkeep;
  ping(): Promise<void>;
  close(): Promise<void>;
}
