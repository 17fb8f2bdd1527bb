import type { Client } from '@opensearch-project/opensearch';
import type { Scope } from '../../contracts/identifiers.ts';
import { excerptsOf, type Span } from './excerpts.ts';
import { answered } from './opensearch-errors.ts';
import { type Clause, documentKey, highlightClause } from './opensearch-query.ts';
import { positiveTerms, type TextQuery } from './query.ts';
import type { SearchHit } from './search-index.ts';
import type { Rankings } from './search-with.ts';
import { storedDocument } from './stored.ts';

/** Asked with the whole filter again: a record may have been withdrawn from who asks since it was ranked. */
export function fetchHits(client: Client, alias: string, scope: Scope, filter: Clause[]): Rankings['hits'] {
  return async (page, words) => {
    const ids = { ids: { values: page.map(({ id }) => documentKey(scope, id)) } };
    const { body } = await answered(
      client.search({
        index: alias,
        body: {
          query: { bool: { filter: [...filter, ids] } },
          size: page.length,
          _source: { excludes: ['tenant', 'workspace', 'embedding'] },
          ...highlighting(words),
        },
      }),
    );
    const found = new Map(body.hits.hits.map((hit) => [hit._source?.id, hit]));
    return page.flatMap(({ id, score }) => {
      const hit = found.get(id);
      if (hit === undefined) return [];
      // Stems match whatever the words themselves do, but for a beginning of a word.
      const [marked = ''] = hit.highlight?.['text.stem'] ?? hit.highlight?.text ?? [];
      const document = documentOf(hit._source);
      return [{ document, score, highlights: excerptsOf(document.text, spansOf(marked, document.text)) }];
    });
  };
}

function highlighting(words: TextQuery | undefined): object {
  const terms = words === undefined ? [] : positiveTerms(words);
  if (terms.length === 0) return {};
  // The whole text, marked: the engine's own excerpts begin and end within a phrase.
  const whole = { number_of_fragments: 0 };
  return {
    highlight: {
      type: 'unified',
      pre_tags: [OPEN],
      post_tags: [CLOSE],
      highlight_query: highlightClause(terms),
      fields: { text: whole, 'text.stem': whole },
    },
  };
}

/** From the area that Unicode keeps for private use. */
const OPEN = '\ue000';
const CLOSE = '\ue001';

/** A text that holds such marks itself cannot be told from a marked one, and gets no excerpts. */
function spansOf(marked: string, text: string): Span[] {
  const spans: Span[] = [];
  let plain = '';
  for (const part of marked.split(CLOSE)) {
    const [before = '', match] = part.split(OPEN);
    plain += before;
    if (match === undefined) continue;
    spans.push({ start: plain.length, end: plain.length + match.length });
    plain += match;
  }
  // The engine leaves out white space around the text.
  const shift = text.indexOf(plain);
  return shift < 0 ? [] : spans.map(({ start, end }) => ({ start: start + shift, end: end + shift }));
}

function documentOf({
  test_id: testId,
  package_version: packageVersion,
  source_id: sourceId,
  ingestion_id: ingestionId,
  document_id: documentId,
  captured_at: capturedAt,
  ...same
}: Readonly<Record<string, unknown>> = {}): SearchHit['document'] {
  return storedDocument({ ...same, testId, packageVersion, sourceId, ingestionId, documentId, capturedAt });
}
