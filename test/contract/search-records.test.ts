// needs: postgres, opensearch
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Scope } from '../../contracts/identifiers.ts';
import type { SearchFilters } from '../../contracts/search.ts';
import { fetchHits as openSearchHits } from '../../services/search/opensearch-hits.ts';
import { within } from '../../services/search/opensearch-query.ts';
import { fetchHits as postgresHits } from '../../services/search/postgres-hits.ts';
import { rowsOf } from '../../services/search/postgres-sql.ts';
import { parseQuery } from '../../services/search/query.ts';
import type { IndexDocument, SearchIndex, SearchQuery } from '../../services/search/search-index.ts';
import { newScope, record, searchEngines, unit } from './search-engines.ts';

const engines = searchEngines();
afterAll(() => engines.close());

const SOURCE = 'source_0123456789abcdef01234567';
const OTHER_SOURCE = 'source_ffffffffffffffffffffffff';
const INGESTION = 'ing_0123456789abcdef01234567';
const OTHER_INGESTION = 'ing_ffffffffffffffffffffffff';
const DOCUMENT = 'a'.repeat(64);

describe.each(engines.each)('records on %s', (engine, open) => {
  let index: SearchIndex;
  beforeAll(async () => {
    index = open();
    await index.ensure();
  });
  afterAll(() => index.close());

  async function indexed(documents: readonly IndexDocument[]): Promise<Scope> {
    const scope = newScope();
    expect(await index.index(scope, documents)).toEqual({ indexed: documents.length, failed: [] });
    return scope;
  }
  const find = (scope: Scope, query: Partial<SearchQuery>) => index.search(scope, { limit: 50, ...query });
  const ids = async (scope: Scope, query: Partial<SearchQuery>) =>
    (await find(scope, query)).hits.map((hit) => hit.document.id).sort();

  /** The second half of a search, as each engine does it. */
  const hitsOf = (scope: Scope, access: readonly string[]) =>
    engine === 'postgres'
      ? postgresHits(engines.db(), rowsOf(scope, {}, access))
      : openSearchHits(engines.client, engines.aliases[0]!, scope, within(scope, {}, access));

  const corpus = () => [
    record('finding', { component: 'payments', testId: 'test_0123456789ab', labels: [] }),
    record('package', {
      kind: 'package',
      title: 'left-pad 1.2.3',
      package: '@scope/left-pad',
      packageVersion: '1.2.3',
      licenses: ['MIT', 'Apache-2.0'],
      source: 'golden',
      ingestionId: OTHER_INGESTION,
    }),
    record('scan', { kind: 'scan_report', title: 'Scan', source: 'upload', ingestionId: INGESTION }),
    record('sbom', { kind: 'sbom_report', title: 'Bill of materials', licenses: ['MIT'] }),
    record('chunk', {
      kind: 'document',
      title: 'Handbook',
      text: 'how keys are kept',
      source: 'git',
      sourceId: SOURCE,
      ingestionId: INGESTION,
      documentId: DOCUMENT,
      location: 'https://git.example.org/handbook.git chapters/custody.md',
      language: 'en',
    }),
  ];

  const filters: [SearchFilters, string[]][] = [
    [{ kind: ['package'] }, ['package']],
    [{ kind: ['scan_report', 'sbom_report', 'document'] }, ['chunk', 'sbom', 'scan']],
    [{ package: ['@scope/left-pad'] }, ['package']],
    [{ package: ['left-pad', '@scope/*', 'LEFT-PAD', '@scope/left-pa'] }, []],
    [{ licenses: ['MIT'] }, ['package', 'sbom']],
    [{ licenses: ['Apache-2.0', 'GPL-3.0-only'] }, ['package']],
    [{ licenses: ['mit'] }, []],
    [{ source: ['git', 'golden'] }, ['chunk', 'package']],
    [{ source_id: [SOURCE] }, ['chunk']],
    [{ source_id: [OTHER_SOURCE] }, []],
    [{ ingestion_id: [INGESTION] }, ['chunk', 'scan']],
    [{ ingestion_id: [INGESTION], kind: ['document'] }, ['chunk']],
    [{ document_id: [DOCUMENT] }, ['chunk']],
    [{ language: ['en', 'de'] }, ['chunk']],
  ];
  test('each field narrows, by its whole value', async () => {
    const scope = await indexed(corpus());
    for (const [filter, expected] of filters) {
      expect([filter, await ids(scope, { filters: filter })]).toEqual([filter, expected]);
      expect(await index.count(scope, filter)).toBe(expected.length);
    }
  });

  test('by when it was captured: from the first moment, before the last', async () => {
    const at = (capturedAt: string) => record(capturedAt, { capturedAt });
    const days = ['2026-05-01T00:00:00.000Z', '2026-05-01T23:59:59.999Z', '2026-05-02T00:00:00.000Z'];
    const scope = await indexed(days.map(at));
    const range = (captured_from?: string, captured_to?: string) =>
      ids(scope, {
        filters: {
          ...(captured_from === undefined ? {} : { captured_from }),
          ...(captured_to === undefined ? {} : { captured_to }),
        },
      });
    expect(await range('2026-05-01', '2026-05-02')).toEqual(days.slice(0, 2));
    expect(await range('2026-05-02')).toEqual(days.slice(2));
    expect(await range(undefined, '2026-05-01')).toEqual([]);
    expect(await range('2026-05-02T01:59:59.999+02:00', '2026-05-02T00:00:00.001Z')).toEqual(days.slice(1));
  });

  test('packages and places are found by words, the envelope is not', async () => {
    const envelope = {
      version: '1.0',
      workspace_id: 'default',
      ingestion_id: INGESTION,
      document_id: DOCUMENT,
      source: 'git',
      source_location: 'enveloped',
      content_hash: DOCUMENT,
      captured_at: '2026-01-01T00:00:00.000Z',
      extra: { word: 'enveloped' },
      tenant: 'default',
      access_labels: [],
      language: null,
      sanitizer: 'enveloped',
      golden: null,
    } as const;
    const scope = await indexed([
      ...corpus(),
      record('wrapped', { envelope: { ...envelope, access_labels: [] } }),
    ]);
    for (const text of ['left-pad', '@scope/left-pad', 'scope', 'left*', '"left pad"'])
      expect([text, await ids(scope, { text })]).toEqual([text, ['package']]);
    for (const text of ['custody.md', 'chapters/custody', 'git.example.org', 'custo*'])
      expect([text, await ids(scope, { text })]).toEqual([text, ['chunk']]);
    expect(await ids(scope, { text: 'enveloped' })).toEqual([]);
    expect(await ids(scope, { text: 'wrapped' })).toEqual(['wrapped']);
  });

  test('a name that is special to programs keeps no page from being read', async () => {
    const extra = JSON.parse('{"__proto__": "x", "constructor": "y", "good": 1}');
    const scope = await indexed([record('x', { extra })]);
    const { hits } = await find(scope, {});
    expect(hits[0]?.document.extra?.good).toBe(1);
    expect(({} as Record<string, unknown>).good).toBeUndefined();
  });

  describe('labels', () => {
    const labelled = () => [
      record('open', { text: 'a secret word', embedding: unit(1) }),
      record('none', { text: 'a secret word', embedding: unit(2), labels: [] }),
      record('red', { text: 'a secret word about redness', embedding: unit(3), labels: ['red'] }),
      record('both', { text: 'a secret word', embedding: unit(4), labels: ['red', 'team:blue'] }),
    ];
    const questions: Partial<SearchQuery>[] = [
      {},
      { text: 'secret' },
      { text: 'sec*' },
      { text: '-absent' },
      { vector: unit(3) },
      { text: 'secret', vector: unit(3) },
      { filters: { kind: ['finding'] } },
      { text: 'secret', filters: { kind: ['finding'] } },
    ];
    const seen: [string, readonly string[] | undefined, string[]][] = [
      ['nobody’s', [], ['none', 'open']],
      ['another', ['green', 're', 'RED', 'team'], ['none', 'open']],
      ['one of two', ['team:blue'], ['both', 'none', 'open']],
      ['several', ['green', 'red'], ['both', 'none', 'open', 'red']],
      ['what sees all', undefined, ['both', 'none', 'open', 'red']],
    ];

    test.each(seen)(
      'who has %s finds these, counts these, and is shown nothing of others',
      async (_, access, expected) => {
        const scope = await indexed(labelled());
        for (const question of questions) {
          const { total, hits } = await find(scope, {
            ...question,
            ...(access === undefined ? {} : { access }),
          });
          const found = { ids: hits.map((hit) => hit.document.id).sort(), total };
          expect([question, found]).toEqual([question, { ids: expected, total: expected.length }]);
          const shown = JSON.stringify(hits);
          expect(shown.includes('redness')).toBe(expected.includes('red'));
        }
      },
    );

    test('hide from a page that is asked for one by one, too', async () => {
      const scope = await indexed(labelled());
      for (const question of questions) {
        const pages = await Promise.all(
          [0, 1, 2, 3].map((offset) => find(scope, { ...question, access: [], limit: 1, offset })),
        );
        const found = pages.flatMap(({ hits }) => hits.map((hit) => hit.document.id));
        expect(found.sort()).toEqual(['none', 'open']);
      }
    });

    test('count again when the record is written again', async () => {
      const scope = await indexed([record('x', { text: 'word' })]);
      expect(await ids(scope, { text: 'word', access: [] })).toEqual(['x']);
      await index.index(scope, [record('x', { text: 'word', labels: ['red'] })]);
      expect(await find(scope, { text: 'word', access: [] })).toEqual({ total: 0, hits: [] });
      await index.index(scope, [record('x', { text: 'word' })]);
      expect(await ids(scope, { text: 'word', access: [] })).toEqual(['x']);
    });

    test('that were put on since it was ranked hide it from the page', async () => {
      const scope = await indexed(labelled());
      const ranked = ['open', 'red', 'both'].map((id) => ({ id, score: 1 }));
      const words = parseQuery('secret');
      const shown = async (access: readonly string[]) => {
        const hits = await hitsOf(scope, access)(ranked, words);
        return hits.map((hit) => hit.document.id);
      };
      expect(await shown(['red'])).toEqual(['open', 'red', 'both']);
      expect(await shown([])).toEqual(['open']);
    });

    test('that are none are refused with their record', async () => {
      const bad = [['Red'], [''], ['a b'], ['x'.repeat(64)], ['*']];
      const result = await index.index(
        newScope(),
        bad.map((labels, n) => record(`${n}`, { labels })),
      );
      expect(result.failed.map(({ id }) => id)).toEqual(['0', '1', '2', '3', '4']);
    });

    test('keep nothing from being removed and counted', async () => {
      const scope = await indexed(labelled());
      expect(await index.count(scope, { kind: ['finding'] })).toBe(4);
      expect(await index.remove(scope, { kind: ['finding'] })).toBe(4);
      expect(await index.count(scope, {})).toBe(0);
    });
  });

  describe('removing', () => {
    const owned = (id: string, changes: Partial<IndexDocument>) =>
      record(id, { kind: 'document', text: 'word', sourceId: SOURCE, ingestionId: INGESTION, ...changes });
    const cases: [string, SearchFilters, string[]][] = [
      ['an ingestion', { ingestion_id: [OTHER_INGESTION] }, ['a', 'b', 'd']],
      ['a source', { source_id: [SOURCE] }, ['d']],
      ['a document', { document_id: [DOCUMENT] }, ['a', 'c', 'd']],
      ['a time', { captured_from: '2025-01-01', captured_to: '2025-02-01' }, ['b', 'c', 'd']],
      ['a time of a source', { captured_to: '2027-01-01', source_id: [SOURCE] }, ['d']],
    ];
    test.each(cases)('%s leaves nothing of it, and everything else', async (_, filter, left) => {
      const scope = await indexed([
        owned('a', { capturedAt: '2025-01-15T00:00:00.000Z' }),
        owned('b', { documentId: DOCUMENT }),
        owned('c', { ingestionId: OTHER_INGESTION }),
        owned('d', { sourceId: OTHER_SOURCE }),
      ]);
      const elsewhere: Scope = { ...scope, workspace: 'other' };
      await index.index(elsewhere, [
        owned('a', { capturedAt: '2025-01-15T00:00:00.000Z', documentId: DOCUMENT }),
      ]);
      expect(await index.remove(scope, filter)).toBe(4 - left.length);
      expect(await index.count(scope, filter)).toBe(0);
      expect(await ids(scope, { text: 'word' })).toEqual(left);
      expect(await ids(elsewhere, {})).toEqual(['a']);
    });

    test('takes what cannot be found yet as well', async () => {
      const scope = newScope();
      await index.index(scope, [owned('a', {}), owned('b', { sourceId: OTHER_SOURCE })], { visible: false });
      expect(await index.remove(scope, { source_id: [SOURCE] })).toBe(1);
      expect(await ids(scope, {})).toEqual(['b']);
    });

    test('with a list that is empty takes nothing rather than more', async () => {
      const scope = await indexed([owned('a', {})]);
      for (const filter of [{ source_id: [SOURCE], document_id: [] }, { ingestion_id: [] }, {}])
        await expect(index.remove(scope, filter)).rejects.toMatchObject({ code: 'invalid_request' });
      expect(await index.count(scope, { source_id: [SOURCE] })).toBe(1);
    });

    test('takes as many as there are', async () => {
      const scope = newScope();
      const many = Array.from({ length: 12_000 }, (_, n) => owned(`${n}`, {}));
      for (let at = 0; at < many.length; at += 4_000)
        await index.index(scope, many.slice(at, at + 4_000), { visible: false });
      await index.refresh();
      expect((await find(scope, { text: 'word' })).total).toBe(12_000);
      expect(await index.remove(scope, { source_id: [SOURCE] })).toBe(12_000);
      expect(await index.count(scope, { source_id: [SOURCE] })).toBe(0);
    });
  });

  test('what was not to be visible at once is, once that is asked for', async () => {
    const scope = newScope();
    expect(await index.index(scope, [record('x')], { visible: false })).toEqual({ indexed: 1, failed: [] });
    await index.refresh();
    expect(await ids(scope, {})).toEqual(['x']);
  });
});
