// needs: postgres, opensearch
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Scope } from '../../contracts/identifiers.ts';
import type { MetadataEnvelope } from '../../contracts/index-record.ts';
import { openSearchIndex } from '../../services/search/open-search.ts';
import { openOpenSearchIndex } from '../../services/search/opensearch-index.ts';
import type { IndexDocument, SearchIndex, SearchQuery } from '../../services/search/search-index.ts';
import { DIMENSION, newScope, record, searchEngines, unit } from './search-engines.ts';

const engines = searchEngines();
const { newAlias } = engines;

afterAll(() => engines.close());

describe.each(engines.each)('search on %s', (engine, open) => {
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
  async function ids(scope: Scope, query: Partial<SearchQuery> | string): Promise<string[]> {
    const { hits } = await find(scope, typeof query === 'string' ? { text: query } : query);
    return hits.map((hit) => hit.document.id);
  }
  const sorted = async (scope: Scope, query: Partial<SearchQuery> | string) =>
    (await ids(scope, query)).sort();

  test('a document comes back as it was given', async () => {
    const whole: Required<Omit<IndexDocument, 'embedding'>> = {
      id: 'finding/1',
      kind: 'finding',
      title: 'Private key',
      text: 'a line of « code »',
      severity: 'critical',
      rule: 'private-key',
      tool: 'secrets',
      path: 'deploy/id_rsa',
      component: 'payments',
      testId: 'test_0123456789ab',
      package: '@scope/left-pad',
      packageVersion: '1.2.3-rc.1',
      licenses: ['Apache-2.0', 'MIT'],
      source: 'git',
      sourceId: 'source_0123456789abcdef01234567',
      location: 'https://git.example.org/payments.git deploy/id_rsa',
      ingestionId: 'ing_0123456789abcdef01234567',
      documentId: 'd'.repeat(64),
      language: 'en',
      labels: ['security', 'team:payments'],
      envelope: ENVELOPE,
      extra: { start_line: 3, masked: true, fingerprint: 'f' },
      capturedAt: '2026-03-04T05:06:07.890Z',
    };
    const bare = record('bare');
    const scope = await indexed([whole, bare]);
    const { hits } = await find(scope, {});
    expect(hits.map((hit) => hit.document)).toEqual([whole, bare]);
    expect(hits.map((hit) => hit.highlights)).toEqual([[], []]);
  });

  describe('words', () => {
    test('what stands in the title or the rule comes before the path, and that before the text', async () => {
      const filler = 'some other words that say nothing of it at all';
      const scope = await indexed([
        record('text', { title: filler, text: `${filler} password ${filler}` }),
        record('path', { title: filler, path: 'etc/password', text: filler }),
        record('title', { title: 'password in a file', text: filler }),
        record('none', { title: filler, text: filler }),
      ]);
      expect(await ids(scope, 'password')).toEqual(['title', 'path', 'text']);
    });

    test('every word must be there, in whatever field, case and ending', async () => {
      const scope = await indexed([
        record('both', { title: 'Hardcoded Credentials', text: 'loaded by the server' }),
        record('one', { title: 'Hardcoded values' }),
      ]);
      expect(await ids(scope, 'HARDCODED credential')).toEqual(['both']);
      expect(await ids(scope, 'hardcoded loading')).toEqual(['both']);
      expect(await sorted(scope, 'hardcode')).toEqual(['both', 'one']);
      expect(await ids(scope, 'where is the credential')).toEqual(['both']);
      expect(await ids(scope, 'the')).toEqual(['both']);
    });

    test('phrases, negation and alternatives', async () => {
      const scope = await indexed([
        record('a', { title: 'private key found' }),
        record('b', { title: 'key that is private' }),
        record('c', { title: 'public certificate' }),
      ]);
      expect(await sorted(scope, 'private key')).toEqual(['a', 'b']);
      expect(await ids(scope, '"private key"')).toEqual(['a']);
      expect(await ids(scope, 'key -"private key"')).toEqual(['b']);
      expect(await ids(scope, 'key -found')).toEqual(['b']);
      expect(await ids(scope, '-key')).toEqual(['c']);
      expect(await sorted(scope, '"private key" or certificate')).toEqual(['a', 'c']);
      expect(await ids(scope, '"private key')).toEqual(['a']);
    });

    test('a phrase does not run from one field into the next', async () => {
      const scope = await indexed([record('x', { title: 'ends private', rule: 'key-begins', text: 'here' })]);
      expect(await ids(scope, 'private key')).toEqual(['x']);
      expect(await ids(scope, '"private key"')).toEqual([]);
      expect(await ids(scope, '"begins here"')).toEqual([]);
    });

    test('other scripts and ways to write a letter', async () => {
      const scope = await indexed([record('x', { title: 'Cafe\u0301 Überprüfung ключ' })]);
      for (const text of ['café', 'überprüfung', 'КЛЮЧ']) expect(await ids(scope, text)).toEqual(['x']);
    });
  });

  describe('identifiers', () => {
    const identifiers: [string, string[]][] = [
      ['src/payment/keys.ts', ['payment', 'keys.ts', 'payment/keys', 'SRC/PAYMENT', 'ts', 'src/pay*']],
      ['aws-access-key', ['aws', 'access-key', 'access']],
      ['CVE-2024-1234', ['cve-2024', '2024-1234', '1234', 'CVE']],
      ['AKIAIOSFODNN7EXAMPLE', ['akiaiosfodnn7example', 'AKIA*']],
      ['AKIA****************', ['AKIA']],
      ['https://user@example.org:8443/a?b=c', ['example.org', 'user@example.org', '8443']],
      ['@scope/package@1.2.3-rc.1', ['@scope/package', '1.2.3', 'package']],
      ['DATABASE_URL', ['database', 'database_url', 'url']],
      ['10.0.0.1', ['10.0', '10.0.0.1']],
      ['1e5', ['1E5']],
    ];
    test.each(identifiers)('%s is found by the whole and by its parts', async (whole, parts) => {
      const scope = await indexed([
        record('in-text', { text: `before ${whole} after` }),
        record('in-title', { title: `before ${whole}, after` }),
        record('in-rule', { rule: whole }),
        record('in-path', { path: whole }),
        record('reversed', { text: (whole.match(/[a-z0-9]+/gi) ?? []).reverse().join(' . ') }),
        record('neither', { title: 'nothing of it' }),
      ]);
      const single = (whole.match(/[a-z0-9]+/gi) ?? []).length === 1;
      const expected = ['in-path', 'in-rule', 'in-text', 'in-title', ...(single ? ['reversed'] : [])];
      // "10.0.0.1" backwards holds its own parts in other places; only the whole has an order worth testing.
      expect(await sorted(scope, whole)).toEqual(expected);
      for (const part of parts) expect(await sorted(scope, part)).toEqual(expect.arrayContaining(expected));
      for (const part of parts) expect(await ids(scope, part)).not.toContain('neither');
    });
  });

  describe('highlights', () => {
    test('mark what was found, as it is written', async () => {
      const padding = 'nothing to see here '.repeat(30);
      const scope = await indexed([
        record('x', {
          text: `${padding}Leaked Keys were found in src/payment/keys.ts yesterday. ${padding}`,
        }),
      ]);
      const marks = async (text: string) => {
        const { hits } = await find(scope, { text });
        const [excerpt = ''] = hits[0]?.highlights ?? [];
        expect(hits[0]?.document.text).toContain(excerpt.replaceAll(/[«»]/g, ''));
        expect(excerpt.length).toBeLessThan(400);
        return [...excerpt.matchAll(/«([^»]*)»/g)].map((match) => match[1]);
      };
      expect(await marks('leaked')).toEqual(['Leaked']);
      expect(await marks('key found -absent')).toEqual(['Keys', 'found', 'keys']);
      expect(await marks('src/payment/keys.ts')).toEqual(['src/payment/keys.ts']);
      expect(await marks('"keys were"')).toEqual(['Keys', 'were']);
      expect(await marks('yester*')).toEqual(['yesterday']);
    });

    test('are empty when only the title matches', async () => {
      const scope = await indexed([record('x', { title: 'certificate', text: 'something else' })]);
      const { hits } = await find(scope, { text: 'certificate' });
      expect(hits.map((hit) => hit.highlights)).toEqual([[]]);
    });
  });

  describe('filters', () => {
    const corpus = () => [
      record('a', {
        severity: 'high',
        rule: 'r1',
        tool: 't1',
        component: 'c1',
        testId: 'test_1',
        text: 'key',
      }),
      record('b', {
        severity: 'low',
        rule: 'r2',
        tool: 't1',
        component: 'c2',
        testId: 'test_2',
        text: 'key',
      }),
      record('c', { kind: 'document', severity: 'high', rule: 'r1.x', text: 'key', embedding: unit(1) }),
    ];

    test('values of a field are alternatives, fields must all match', async () => {
      const scope = await indexed(corpus());
      expect(await sorted(scope, { filters: { severity: ['high'] } })).toEqual(['a', 'c']);
      expect(await sorted(scope, { filters: { severity: ['high', 'low'] } })).toEqual(['a', 'b', 'c']);
      expect(await sorted(scope, { filters: { severity: ['high'], kind: ['finding'] } })).toEqual(['a']);
      expect(await sorted(scope, { text: 'key', filters: { rule: ['r1'] } })).toEqual(['a']);
      expect(await sorted(scope, { filters: { tool: ['t1'], component: ['c2'] } })).toEqual(['b']);
      expect(await sorted(scope, { filters: { test_id: ['test_1', 'test_2'] } })).toEqual(['a', 'b']);
      expect(await sorted(scope, { vector: unit(1), filters: { kind: ['finding'] } })).toEqual([]);
      expect(await sorted(scope, { vector: unit(1), filters: { kind: ['document'] } })).toEqual(['c']);
      expect(await sorted(scope, { filters: { severity: [] } })).toEqual(['a', 'b', 'c']);
      expect((await find(scope, { filters: { severity: ['high'] } })).total).toBe(2);
    });

    test('remove takes what matches, and refuses to take everything', async () => {
      const scope = await indexed(corpus());
      await expect(index.remove(scope, {})).rejects.toMatchObject({ code: 'invalid_request' });
      await expect(index.remove(scope, { rule: [] })).rejects.toMatchObject({ code: 'invalid_request' });
      expect(await index.remove(scope, { severity: ['high'], kind: ['finding'] })).toBe(1);
      expect(await sorted(scope, 'key')).toEqual(['b', 'c']);
      expect(await index.remove(scope, { severity: ['high'], kind: ['finding'] })).toBe(0);
    });
  });

  test('the same id again replaces the document, also within one call', async () => {
    const scope = await indexed([record('a', { text: 'first', severity: 'high', embedding: unit(1) })]);
    const again = [record('a', { text: 'second' }), record('b'), record('a', { text: 'third' })];
    expect(await index.index(scope, again)).toEqual({ indexed: 3, failed: [] });
    expect(await ids(scope, 'first')).toEqual([]);
    expect(await ids(scope, 'second')).toEqual([]);
    expect(await ids(scope, 'third')).toEqual(['a']);
    expect(await ids(scope, { filters: { severity: ['high'] } })).toEqual([]);
    expect(await ids(scope, { vector: unit(1) })).toEqual([]);
    expect((await find(scope, {})).total).toBe(2);
  });

  test.each(['tenant', 'workspace'] as const)('nothing crosses from one %s to another', async (part) => {
    const mine = await indexed([
      record('same-id', { text: 'mine secret', severity: 'high', embedding: unit(1) }),
    ]);
    const theirs: Scope = { ...mine, [part]: `other-${randomBytes(4).toString('hex')}` };
    const questions: Partial<SearchQuery>[] = [
      {},
      { text: 'secret' },
      { text: '-absent' },
      { text: 'sec*' },
      { vector: unit(1) },
      { text: 'secret', vector: unit(1) },
      { filters: { severity: ['high'] } },
    ];
    for (const query of questions) {
      expect(await find(theirs, query)).toEqual({ total: 0, hits: [] });
      // The control: the same question in the right scope has an answer.
      expect(await ids(mine, query)).toEqual(['same-id']);
    }
    await index.index(theirs, [record('same-id', { text: 'theirs', severity: 'high' })]);
    expect(await ids(mine, 'mine')).toEqual(['same-id']);
    expect(await index.remove(theirs, { severity: ['high'] })).toBe(1);
    expect(await ids(mine, 'mine')).toEqual(['same-id']);
  });

  describe('pages', () => {
    test.each([
      {},
      { text: 'word' },
      { vector: unit(1) },
      { text: 'word', vector: unit(1) },
    ] as Partial<SearchQuery>[])('of %j hold every hit once', async (query) => {
      const scope = await indexed(
        Array.from({ length: 25 }, (_, n) => record(`d${n}`, { text: 'word', embedding: unit(n) })),
      );
      const seen: string[] = [];
      for (let offset = 0; offset < 25; offset += 10) {
        const page = await find(scope, { ...query, limit: 10, offset });
        expect(page.total).toBe(25);
        seen.push(...page.hits.map((hit) => hit.document.id));
      }
      expect(new Set(seen).size).toBe(25);
      expect(seen).toHaveLength(25);
      expect(await find(scope, { ...query, limit: 10, offset: 30 })).toEqual({ total: 25, hits: [] });
    });

    test('without a question the newest come first', async () => {
      const scope = await indexed([record('old'), record('new')]);
      expect(await ids(scope, {})).toEqual(['new', 'old']);
      expect(await ids(scope, '  ')).toEqual(['new', 'old']);
    });

    test('have an end', async () => {
      const page = (offset: number, limit: number) => find(newScope(), { offset, limit });
      expect(await page(9_990, 10)).toEqual({ total: 0, hits: [] });
      for (const [offset, limit] of [
        [9_991, 10],
        [-1, 10],
        [0, 0],
        [0.5, 1],
      ] as const) {
        await expect(page(offset, limit)).rejects.toMatchObject({ code: 'invalid_request' });
      }
    });
  });

  describe('vectors', () => {
    test('are ordered as comparing each by hand would', async () => {
      const documents = Array.from({ length: 300 }, (_, n) => record(`d${n}`, { embedding: unit(n) }));
      const scope = await indexed([...documents, record('without')]);
      const question = unit(12_345);
      const byHand = documents
        .map(({ id, embedding }) => ({ id, score: cosine(question, embedding!) }))
        .sort((a, b) => b.score - a.score);
      const { total, hits } = await find(scope, { vector: question });
      expect(total).toBe(300);
      expect(hits.map((hit) => hit.document.id)).toEqual(byHand.slice(0, 50).map(({ id }) => id));
      for (const [n, hit] of hits.entries()) expect(hit.score).toBeCloseTo(byHand[n]!.score, 4);
      expect(hits[0]!.document).not.toHaveProperty('embedding');
    });

    test('and words together put first what both speak for', async () => {
      const scope = await indexed([
        record('words', { title: 'key key key', embedding: axis(3) }),
        record('both', { text: 'a key among other words', embedding: axis(0) }),
        record('vector', { text: 'something else', embedding: near(axis(0)) }),
      ]);
      expect(await ids(scope, 'key')).toEqual(['words', 'both']);
      const { hits, total } = await find(scope, { text: 'key', vector: axis(0) });
      expect(hits[0]?.document.id).toBe('both');
      expect(hits[0]?.score).toBeCloseTo(1 / 62 + 1 / 61, 6);
      expect(total).toBe(3);
      expect(hits[0]?.highlights).toEqual(['a «key» among other words']);
    });

    test('that cannot be compared are the mistake of who asks', async () => {
      for (const vector of [
        new Float32Array(3),
        new Float32Array(DIMENSION),
        new Float32Array(DIMENSION).fill(NaN),
      ]) {
        await expect(find(newScope(), { vector })).rejects.toMatchObject({ code: 'invalid_request' });
      }
    });
  });

  test('two thousand documents in one call', async () => {
    const documents = Array.from({ length: 2_000 }, (_, n) =>
      record(`d${n}`, {
        title: `finding number${n}`,
        text: `text of ${n} `.repeat(20),
        embedding: unit(n),
      }),
    );
    const scope = await indexed(documents);
    expect((await find(scope, { text: 'finding' })).total).toBe(2_000);
    expect(await ids(scope, 'number1234')).toEqual(['d1234']);
    expect((await ids(scope, { vector: unit(77) }))[0]).toBe('d77');
  });

  describe('bad input', () => {
    test('a malformed document is named, the rest is indexed', async () => {
      const scope = newScope();
      const bad: [string, unknown][] = [
        ['x'.repeat(600), {}],
        ['nul\0id', {}],
        ['kind', { kind: 'other' }],
        ['date', { capturedAt: 'yesterday' }],
        ['year', { capturedAt: '0001-01-01T00:00:00Z' }],
        ['length', { embedding: new Float32Array(3).fill(0.5) }],
        ['nan', { embedding: new Float32Array(DIMENSION).fill(Number.NaN) }],
        ['zero', { embedding: new Float32Array(DIMENSION) }],
        ['long', { embedding: new Float32Array(DIMENSION).fill(1) }],
        ['rule', { rule: 'r'.repeat(1_000) }],
        ['text', { text: 't '.repeat(100_000) }],
        ['extra', { extra: { nested: {} } }],
        ['unknown', { surprise: 1 }],
      ];
      const malformed = bad.map(
        ([id, changes]) => ({ ...record(id), ...(changes as object) }) as IndexDocument,
      );
      const result = await index.index(scope, [record('first'), ...malformed, record('last')]);
      expect(result.indexed).toBe(2);
      expect(result.failed.map(({ id }) => id)).toEqual(bad.map(([id]) => id.slice(0, 100)));
      for (const { reason } of result.failed) expect(reason).toMatch(/^[\w.]+: /);
      expect(await sorted(scope, {})).toEqual(['first', 'last']);
    });

    test('hostile but valid documents are stored and found', async () => {
      const scope = await indexed([
        record('nul', {
          title: 'a\0b',
          text: 'c\0d \ud800 lone',
          path: 'p\0q',
          extra: { 'k\0': 'v\0\udfff' },
        }),
        record('huge-word', { text: `${'x'.repeat(100_000)} needle` }),
        record('many-words', { text: Array.from({ length: 25_000 }, (_, n) => n.toString(36)).join(' ') }),
        record('quotes', { text: `'; DROP TABLE scans; -- "\\ ' :* & | ! <-> needle2` }),
        record('marks', { text: '\u0301\u0302 needle3 \u202e \ufeff 😀needle4' }),
        record('__proto__', { text: 'needle5' }),
      ]);
      expect((await find(scope, {})).total).toBe(6);
      expect(await ids(scope, 'needle')).toEqual(['huge-word']);
      expect(await ids(scope, 'needle2')).toEqual(['quotes']);
      expect(await ids(scope, 'needle3 needle4')).toEqual(['marks']);
      expect(await ids(scope, 'needle5')).toEqual(['__proto__']);
      expect(await ids(scope, 'lone')).toEqual(['nul']);
    });

    const hostile = [
      '"',
      '""',
      ':*',
      '((',
      '\\',
      '\\\\',
      "'",
      '*',
      '-',
      '--',
      '-"',
      '!',
      '&',
      '|',
      '<->',
      'or',
      'or or',
      '-or',
      '~',
      'a:*',
      "a' | 'b",
      'a & !b',
      '(a OR',
      'title:x',
      '{"match_all":{}}',
      '/.*/',
      '[* TO *]',
      '\0',
      'a\0b',
      '\ud800',
      '%',
      '$1',
      ';',
      '\u202e',
      '😀',
      '\u0301',
      '\u0301*',
      'x'.repeat(10_000),
      'x '.repeat(5_000),
      '"x '.repeat(3_000),
      '-x '.repeat(3_000),
      'x* '.repeat(3_000),
      'x or '.repeat(2_000),
      '('.repeat(10_000),
      'é'.repeat(5_000),
    ];
    test('no text of a query is ever an error', async () => {
      const scope = await indexed([record('x', { text: 'x' })]);
      for (const text of hostile) await expect(find(scope, { text })).resolves.toBeDefined();
      for (const text of ['"', ':*', '((', '\\', '😀', '<->']) expect(await ids(scope, text)).toEqual([]);
      expect(await ids(scope, 'x:* & ((x')).toEqual(['x']);
    });

    test('no value of a filter is ever an error', async () => {
      const scope = await indexed([record('x', { rule: "r'; --" })]);
      expect(await ids(scope, { filters: { rule: ["r'; --"] } })).toEqual(['x']);
      for (const rule of ["'", '"', '\\', '*', '😀'])
        expect(await ids(scope, { filters: { rule: [rule] } })).toEqual([]);
    });
  });

  test('nothing given is nothing done', async () => {
    expect(await index.index(newScope(), [])).toEqual({ indexed: 0, failed: [] });
  });

  test('ensure and ping may be called again, by many at once', async () => {
    await Promise.all(Array.from({ length: 5 }, () => index.ensure()));
    await index.ping();
    expect(engine).toBeTruthy();
  });
});

describe('opensearch alone', () => {
  const alone = (alias: string, dimension = DIMENSION) =>
    openOpenSearchIndex({ url: engines.url, alias, dimension });

  test('of processes that start together one creates the index and all can use it', async () => {
    const alias = newAlias();
    const indexes = Array.from({ length: 6 }, () => alone(alias));
    await Promise.all(indexes.map((index) => index.ensure()));
    const scope = { tenant: 't', workspace: 'w' };
    for (const [n, index] of indexes.entries()) {
      const document = {
        id: `${n}`,
        kind: 'document',
        title: 't',
        text: '',
        capturedAt: new Date(n).toISOString(),
      } as const;
      await index.index(scope, [document]);
    }
    expect((await indexes[0]!.search(scope, { limit: 1 })).total).toBe(6);
    await Promise.all(indexes.map((index) => index.close()));
  });

  test('an index that was never created is not made up by a write', async () => {
    const index = alone(newAlias());
    const document = {
      id: 'x',
      kind: 'document',
      title: 't',
      text: '',
      capturedAt: new Date(0).toISOString(),
    } as const;
    await expect(index.index({ tenant: 't', workspace: 'w' }, [document])).rejects.toMatchObject({
      code: 'dependency_unavailable',
    });
    await index.close();
  });

  test('vectors of another model are refused before they are mixed', async () => {
    const alias = newAlias();
    const [small, large] = [alone(alias), alone(alias, 16)];
    await small.ensure();
    await expect(large.ensure()).rejects.toThrow('takes vectors of 8 values, not 16');
    await Promise.all([small.close(), large.close()]);
  });

  test('a server that is not there is worth another try', async () => {
    const index = openOpenSearchIndex({ url: 'http://127.0.0.1:1' });
    await expect(index.ping()).rejects.toMatchObject({ code: 'dependency_unavailable', retryable: true });
    await expect(index.search({ tenant: 't', workspace: 'w' }, { limit: 1 })).rejects.toMatchObject({
      code: 'dependency_unavailable',
    });
    await index.close();
  });
});

test('a URL chooses OpenSearch, none the database', async () => {
  const [remote, local] = [
    await openSearchIndex({ url: 'http://127.0.0.1:1' }, engines.db()),
    await openSearchIndex({}, engines.db()),
  ];
  await expect(remote.ping()).rejects.toMatchObject({ message: 'OpenSearch cannot be reached.' });
  await local.ping();
  await Promise.all([remote.close(), local.close()]);
});

const ENVELOPE: MetadataEnvelope = {
  version: '1.0',
  workspace_id: 'default',
  ingestion_id: 'ing_0123456789abcdef01234567',
  document_id: 'd'.repeat(64),
  source: 'git',
  source_location: 'https://git.example.org/payments.git deploy/id_rsa',
  content_hash: 'c'.repeat(64),
  captured_at: '2026-03-04T05:06:07.890Z',
  extra: { commit: 'abc', lines: 3, binary: false },
  tenant: 'default',
  access_labels: ['security', 'team:payments'],
  language: null,
  sanitizer: 'personal-data 4',
  golden: { sha256: 'a'.repeat(64), permit_id: 'permit_0123456789ab' },
};

function axis(n: number): Float32Array {
  return Float32Array.from({ length: DIMENSION }, (_, i) => (i === n ? 1 : 0));
}

function near(vector: Float32Array): Float32Array {
  return normalised(vector.map((value, i) => value + (i === 7 ? 0.2 : 0)));
}

function normalised(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
