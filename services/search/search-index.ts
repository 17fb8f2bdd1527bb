import type { Scope } from '../../contracts/identifiers.ts';
import type { SearchFilters } from '../../contracts/search.ts';

/** One searchable thing. Its text has been masked before it gets here. */
export type IndexDocument = {
  /** Stable within a scope: indexing the same id again replaces the document. */
  readonly id: string;
  readonly kind: 'finding' | 'document';
  readonly title: string;
  readonly text: string;
  readonly severity?: string;
  readonly rule?: string;
  readonly tool?: string;
  readonly path?: string;
  readonly component?: string;
  readonly testId?: string;
  /** Anything else worth giving back with a hit; not searchable. */
  readonly extra?: Readonly<Record<string, string | number | boolean>>;
  /** Unit-length vector of the index's dimension. */
  readonly embedding?: Float32Array;
  /** ISO 8601. */
  readonly capturedAt: string;
};

export type SearchQuery = {
  /** Words; matched against title, text, rule and path. */
  readonly text?: string;
  /** With `text` the two rankings are fused by reciprocal rank. With neither, newest first. */
  readonly vector?: Float32Array;
  readonly filters?: SearchFilters;
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

/** A scope is part of every call, and no answer ever holds a document of another scope. */
export interface SearchIndex {
  /** Creates what is missing; safe to call again and from several processes at once. */
  ensure(): Promise<void>;
  /** Durable and visible to `search` once it resolves. */
  index(scope: Scope, documents: readonly IndexDocument[]): Promise<IndexResult>;
  search(scope: Scope, query: SearchQuery): Promise<SearchResult>;
  /** Removes what matches every given filter; an empty filter is refused. Returns how many went. */
  remove(scope: Scope, filters: SearchFilters): Promise<number>;
  ping(): Promise<void>;
  close(): Promise<void>;
}
