import type { Scope } from '../../contracts/identifiers.ts';
import type { IngestionSource } from '../../contracts/ingestion.ts';
import type { KeySet } from '../../contracts/keys.ts';
import type { Connector } from '../../services/connectors/connector.ts';
import type { Database } from '../../services/database/database.ts';
import type { Embedder } from '../../services/embeddings/embedder.ts';
import type { ItemReader } from '../../services/ingest/item-reader.ts';
import type { SearchIndex } from '../../services/search/search-index.ts';

/** What the pipeline of a source works with: no signing key, and nothing to write to but the index and its own rows. */
export type SourceDeps = {
  readonly database: Database;
  readonly search: SearchIndex;
  readonly reader: ItemReader;
  /** Whose word counts on how a workspace looks for personal data. */
  readonly keySet: KeySet;
  readonly connect: (source: IngestionSource, scope: Scope) => Promise<Connector>;
  /** Nothing is embedded where there is none. */
  readonly embedder: Embedder | undefined;
  /** Of a tenant: names in the index are made with it, where a policy asks for them. It can undo none. */
  readonly nameKey?: ((tenant: string) => Uint8Array) | undefined;
  readonly maxItemBytes: number;
  readonly now: () => Date;
};
