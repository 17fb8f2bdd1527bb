import type { Indices_Create_RequestBody } from '@opensearch-project/opensearch/api/indices/create.d.ts';
import { LONGEST_WORD, WORD_SEPARATOR } from './words.ts';

/** Part of the index's name: a mapping that changes is a new index, filled anew, and the alias moves. */
export const MAPPING_VERSION = 2;

/** What every index of this form begins as. `strict`: a field that is not here is a mistake, and must not become a column by accident. */
export function indexDefinition(dimension: number): Indices_Create_RequestBody {
  const words = { type: 'text', analyzer: 'words' } as const;
  const prose = { ...words, fields: { stem: { type: 'text', analyzer: 'stems' } } } as const;
  const keyword = { type: 'keyword' } as const;
  return {
    settings: {
      index: {
        knn: true,
        number_of_shards: 1,
        // None on a single node, where a replica could never be placed; one as soon as there is a second.
        auto_expand_replicas: '0-1',
      },
      analysis: {
        tokenizer: { words: { type: 'pattern', pattern: WORD_SEPARATOR } },
        filter: {
          sane_length: { type: 'length', min: 1, max: LONGEST_WORD },
          // The same algorithm as Postgres' english_stem.
          stem: { type: 'snowball', language: 'English' },
        },
        analyzer: {
          words: { type: 'custom', tokenizer: 'words', filter: ['lowercase', 'sane_length'] },
          stems: { type: 'custom', tokenizer: 'words', filter: ['lowercase', 'sane_length', 'stem'] },
        },
      },
    },
    mappings: {
      dynamic: 'strict',
      properties: {
        tenant: keyword,
        workspace: keyword,
        id: keyword,
        kind: keyword,
        title: prose,
        text: prose,
        severity: keyword,
        rule: { ...keyword, fields: { words } },
        tool: keyword,
        path: words,
        component: keyword,
        test_id: keyword,
        package: { ...keyword, fields: { words } },
        package_version: keyword,
        licenses: keyword,
        source: keyword,
        source_id: keyword,
        location: words,
        ingestion_id: keyword,
        document_id: keyword,
        language: keyword,
        labels: keyword,
        envelope: { type: 'object', enabled: false },
        extra: { type: 'object', enabled: false },
        captured_at: { type: 'date' },
        embedding: {
          type: 'knn_vector',
          dimension,
          // The default engine needs a native library, and without it a request hangs instead of failing.
          method: { name: 'hnsw', engine: 'lucene', space_type: 'cosinesimil' },
        },
      },
    },
  };
}
