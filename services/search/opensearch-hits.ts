import type { Client } from '@opensearch-project/opensearch';
import { z } from 'zod';
import type { Scope } from '../../contracts/identifiers.ts';
import { excerptsOf, type Span } from './excerpts.ts';
import { answered } from './opensearch-errors.ts';
import { documentKey, highlightClause, within } from './opensearch-query.ts';
import { positiveTerms, type TextQuery } from './query.ts';
import type { SearchHit } from './search-index.ts';
import type { Rankings } from './search-with.ts';

export function fetchHits(client: Client, alias: string, scope: Scope): Rankings['hits'] {
  return async (page, words) => {
    const ids = { ids: { values: page.map(({ id }) => documentKey(scope, id)) } };
    const { body } = await answered(
      client.search({
        index: alias,
        body: {
          query: { bool: { filter: [...within(scope), ids] } },
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

const Source = z.object({
  id: z.string(),
  kind: z.enum(['finding', 'document']),
  title: z.string(),
  text: z.string(),
  severity: z.string().exactOptional(),
  rule: z.string().exactOptional(),
  tool: z.string().exactOptional(),
  path: z.string().exactOptional(),
  component: z.string().exactOptional(),
  test_id: z.string().exactOptional(),
  extra: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).exactOptional(),
  captured_at: z.string(),
});

function documentOf(source: unknown): SearchHit['document'] {
  const { test_id, captured_at, ...document } = Source.parse(source);
  return { ...document, ...(test_id === undefined ? {} : { testId: test_id }), capturedAt: captured_at };
}
