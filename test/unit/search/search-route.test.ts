import { describe, expect, test } from '@jest/globals';
import { type Principal, TokenHolders } from '../../../api/authentication.ts';
import type { Call } from '../../../api/route.ts';
import { searchRoutes } from '../../../api/search/search-routes.ts';
import { SearchAnswer, SearchParameters } from '../../../contracts/search.ts';
import type { Embedder } from '../../../services/embeddings/embedder.ts';
import type { SearchHit, SearchIndex, SearchQuery } from '../../../services/search/search-index.ts';

const MEMBER: Principal = { tenant: 'acme', subject: 'bob', roles: [] };

async function search(principal: Principal, query: object, hits: SearchHit[] = [], embedder?: Embedder) {
  const asked: [unknown, SearchQuery][] = [];
  const index: Pick<SearchIndex, 'search'> = {
    search: async (...question) => {
      asked.push(question);
      return { total: hits.length, hits };
    },
  };
  const [route] = searchRoutes({ search: index as SearchIndex, embedder });
  const call = { principal, query: SearchParameters.parse(query) } as Call<never, never, never, never>;
  const { body } = await route!.handle(call);
  return { asked, body: SearchAnswer.parse(body) };
}

describe('who asks', () => {
  const callers: [string, Principal, readonly string[] | undefined][] = [
    ['no labels: what bears none', MEMBER, []],
    ['labels: what bears one of them', { ...MEMBER, labels: ['red', 'team:a'] }, ['red', 'team:a']],
    ['the role reviewer: no more than others', { ...MEMBER, roles: ['reviewer'] }, []],
    ['the role admin: everything', { ...MEMBER, roles: ['admin'], labels: ['red'] }, undefined],
  ];
  test.each(callers)('with %s', async (_, principal, access) => {
    const { asked } = await search(principal, { q: 'x' });
    expect(asked).toHaveLength(1);
    expect(asked[0]?.[0]).toEqual({ tenant: 'acme', workspace: 'default' });
    expect(asked[0]?.[1].access).toEqual(access);
  });

  test('labels stand with the token, and are such', () => {
    const token = { subject: 'a', token_sha256: 'a'.repeat(64) };
    const parsed = TokenHolders.parse({ tokens: [{ ...token, labels: ['security', 'team:payments'] }] });
    expect(parsed.tokens[0]?.labels).toEqual(['security', 'team:payments']);
    for (const labels of [['Red'], [''], 'red', [1]])
      expect(TokenHolders.safeParse({ tokens: [{ ...token, labels }] }).success).toBe(false);
  });
});

describe('filters', () => {
  test('reach the index as they were given', async () => {
    const filters = {
      kind: ['package', 'document'],
      package: 'left-pad',
      licenses: ['MIT'],
      source: 'git',
      source_id: `source_${'0'.repeat(24)}`,
      ingestion_id: `ing_${'0'.repeat(24)}`,
      document_id: 'a'.repeat(64),
      language: 'en',
      captured_from: '2026-01-01',
      captured_to: '2026-02-01T00:00:00+01:00',
    };
    const { asked } = await search(MEMBER, filters);
    expect(asked[0]?.[1].filters).toEqual({
      ...filters,
      package: ['left-pad'],
      source: ['git'],
      source_id: [filters.source_id],
      ingestion_id: [filters.ingestion_id],
      document_id: [filters.document_id],
      language: ['en'],
    });
  });

  const bad = [
    { kind: 'other' },
    { source_id: 'x' },
    { ingestion_id: 'x' },
    { document_id: 'x' },
    { captured_from: 'yesterday' },
    { captured_to: '1969-01-01' },
    { captured_from: ['2026-01-01', '2026-01-02'] },
    { labels: 'red' },
    { access: 'red' },
  ];
  test.each(bad)('%j is none', (query) => {
    expect(SearchParameters.safeParse(query).success).toBe(false);
  });
});

test('a hit is told with everything it has, and nothing it has not', async () => {
  const document = {
    id: 'x',
    kind: 'package',
    title: 'left-pad 1.0.0',
    text: 't',
    package: 'left-pad',
    packageVersion: '1.0.0',
    licenses: ['MIT'],
    source: 'golden',
    sourceId: 's',
    location: 'l',
    ingestionId: 'i',
    documentId: 'd',
    language: 'en',
    labels: ['red'],
    extra: { start_line: 3, fingerprint: 'f', other: true },
    capturedAt: '2026-01-01T00:00:00.000Z',
  } as const;
  const { body } = await search(MEMBER, {}, [{ document, score: 1, highlights: ['«t»'] }]);
  expect(body.hits).toEqual([
    {
      id: 'x',
      kind: 'package',
      title: 'left-pad 1.0.0',
      text: 't',
      highlights: ['«t»'],
      score: 1,
      start_line: 3,
      fingerprint: 'f',
      package: 'left-pad',
      package_version: '1.0.0',
      licenses: ['MIT'],
      source: 'golden',
      source_id: 's',
      location: 'l',
      ingestion_id: 'i',
      document_id: 'd',
      language: 'en',
      labels: ['red'],
      captured_at: '2026-01-01T00:00:00.000Z',
    },
  ]);
});

describe('where texts are embedded', () => {
  const embedder = (embed: Embedder['embed']): Embedder => ({ model: 'm', dimension: 2, embed });

  test('a question is asked by its words and by what they mean', async () => {
    const seen: (readonly string[])[] = [];
    const vector = Float32Array.of(1, 0);
    const made = embedder(async (texts) => {
      seen.push(texts);
      return [vector];
    });
    const { asked } = await search(MEMBER, { q: 'where are keys kept' }, [], made);
    expect(asked[0]?.[1]).toMatchObject({ text: 'where are keys kept', vector });
    await search(MEMBER, { kind: 'document' }, [], made);
    expect(seen).toEqual([['where are keys kept']]);
  });

  test('what cannot be embedded is an error, and not half an answer', async () => {
    const broken = embedder(async () => {
      throw new Error('broken');
    });
    await expect(search(MEMBER, { q: 'x' }, [], broken)).rejects.toThrow('broken');
    const stopped = embedder(async () => {
      throw new DOMException('late', 'TimeoutError');
    });
    await expect(search(MEMBER, { q: 'x' }, [], stopped)).rejects.toMatchObject({
      code: 'dependency_unavailable',
    });
  });
});
