// needs: postgres, opensearch
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import type { Scope } from '../../contracts/identifiers.ts';
import { copyBetween } from '../../services/search/opensearch-copy.ts';
import { formsOf, servingOf } from '../../services/search/opensearch-forms.ts';
import { indexDefinition } from '../../services/search/opensearch-mapping.ts';
import { openPostgresIndex } from '../../services/search/postgres-index.ts';
import type { IndexDocument, SearchIndex } from '../../services/search/search-index.ts';
import { DIMENSION, newScope, record, searchEngines, unit } from './search-engines.ts';

const engines = searchEngines();
const opened: SearchIndex[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((index) => index.close()));
});
afterAll(() => engines.close());

const never = new AbortController().signal;
const ids = async (index: SearchIndex, scope: Scope, text?: string) => {
  const { hits } = await index.search(scope, { limit: 100, ...(text === undefined ? {} : { text }) });
  return hits.map((hit) => hit.document.id).sort();
};

describe('opensearch', () => {
  function open(alias: string, dimension?: number): SearchIndex {
    const index = engines.opensearch(alias, dimension);
    opened.push(index);
    return index;
  }

  /** As the first release made it, before records had labels, packages and sources. */
  async function firstForm(): Promise<string> {
    const alias = engines.newAlias();
    const { settings, mappings } = indexDefinition(DIMENSION);
    const since = /^(package|licenses|source|location|ingestion_id|document_id|language|labels|envelope)/;
    const properties = Object.fromEntries(
      Object.entries(mappings?.properties ?? {}).filter(([name]) => !since.test(name)),
    );
    await engines.client.indices.create({
      index: `${alias}-v1`,
      body: {
        settings: settings ?? {},
        mappings: { dynamic: 'strict', _meta: { dimension: DIMENSION }, properties },
        aliases: { [alias]: { is_write_index: true } },
      },
    });
    return alias;
  }

  test('an index of the first release is used as it is, and then brought into the form of this one', async () => {
    const alias = await firstForm();
    const index = open(alias);
    await index.ensure();
    const scope = newScope();
    await index.index(scope, [record('plain', { text: 'word', embedding: unit(1) })]);
    await index.index(scope, [record('labelled', { text: 'word', labels: ['red'], package: 'left-pad' })]);
    expect((await index.search(scope, { text: 'word', access: [], limit: 9 })).total).toBe(1);
    expect(await ids(index, scope, 'left-pad')).toEqual(['labelled']);
    expect(await index.upkeep.status()).toMatchObject({
      engine: 'opensearch',
      index: `${alias}-v1`,
      version: 1,
      wantedVersion: 2,
      documents: 2,
      state: 'outdated',
      converted: 0,
      kept: [],
    });

    const after = await index.upkeep.reindex({ request: 'one', signal: never });
    expect(after).toMatchObject({
      index: `${alias}-v2-000001`,
      version: 2,
      documents: 2,
      state: 'current',
      converted: 2,
      kept: [`${alias}-v1`],
    });
    expect(await ids(index, scope, 'word')).toEqual(['labelled', 'plain']);
    expect((await index.search(scope, { text: 'word', access: [], limit: 9 })).total).toBe(1);
    expect((await index.search(scope, { vector: unit(1), limit: 9 })).hits[0]?.document.id).toBe('plain');
    await index.index(scope, [record('later', { text: 'word' })]);
    expect(await ids(index, scope, 'word')).toEqual(['labelled', 'later', 'plain']);
    expect(await index.upkeep.reindex({ request: 'two', signal: never })).toMatchObject({ documents: 3 });
    expect(await index.upkeep.status()).toMatchObject({ index: `${alias}-v2-000001`, state: 'current' });
  });

  test('what is removed is removed from what is kept as well, until that is dropped', async () => {
    const alias = await firstForm();
    const index = open(alias);
    await index.ensure();
    const scope = newScope();
    await index.index(scope, [record('a', { tool: 'x' }), record('b', { tool: 'y' })]);
    await index.upkeep.reindex({ request: 'one', signal: never });
    const kept = async () => {
      await engines.client.indices.refresh({ index: `${alias}-v1` });
      return (await engines.client.count({ index: `${alias}-v1` })).body.count;
    };
    expect(await kept()).toBe(2);
    expect(await index.remove(scope, { tool: ['x'] })).toBe(1);
    expect(await kept()).toBe(1);
    expect(await index.count(scope, { tool: ['x'] })).toBe(0);
    // the control: what is left in the old one alone is not nothing
    await engines.client.deleteByQuery({
      index: `${alias}-v2-000001`,
      refresh: true,
      body: { query: { match_all: {} } },
    });
    expect(await index.count(scope, { tool: ['y'] })).toBe(1);
    expect(await index.upkeep.dropKept()).toEqual([`${alias}-v1`]);
    expect(await index.count(scope, { tool: ['y'] })).toBe(0);
    expect((await index.upkeep.status()).kept).toEqual([]);
  });

  test('nothing that is written, removed or searched meanwhile is lost, brought back or missed', async () => {
    const alias = await firstForm();
    const [index, other] = [open(alias), open(alias)];
    await index.ensure();
    const scope = newScope();
    const model = new Map<string, string>();
    const make = (n: number, text: string): IndexDocument => {
      model.set(`d${n}`, text);
      return record(`d${n}`, { text, documentId: `${n}`, tool: 'changing' });
    };
    const padding = 'padding '.repeat(60);
    await index.index(
      scope,
      Array.from({ length: 300 }, (_, n) => record(`s${n}`, { tool: 'stable' })),
    );
    for (let at = 0; at < 6_000; at += 2_000)
      await index.index(
        scope,
        Array.from({ length: 2_000 }, (_, n) => make(at + n, `first ${padding}`)),
        { visible: false },
      );
    await index.refresh();

    let ended = false;
    let changes = 0;
    const change = async () => {
      for (let round = 0; !ended || round < 20; round++) {
        const n = (round * 7_919) % 6_500;
        await other.index(
          scope,
          [make(n, `round ${round}`), make((n + 1) % 6_500, `round ${round} ${padding}`)],
          { visible: round % 5 === 0 },
        );
        const gone = (n * 31 + 17) % 6_500;
        await other.remove(scope, { document_id: [`${gone}`] });
        model.delete(`d${gone}`);
        changes += 1;
      }
    };
    const look = async () => {
      for (let round = 0; !ended; round++) {
        const { total } = await index.search(scope, { filters: { tool: ['stable'] }, limit: 1 });
        expect([round, total]).toEqual([round, 300]);
      }
    };
    const reindexing = index.upkeep.reindex({ request: 'one', signal: never }).finally(() => {
      ended = true;
    });
    const [status] = await Promise.all([reindexing, change(), look()]);
    expect(status).toMatchObject({ state: 'current', version: 2 });
    expect(changes).toBeGreaterThan(20);

    await index.refresh();
    expect(await everything(index, scope, 'changing')).toEqual(
      [...model].sort(([a], [b]) => (a < b ? -1 : 1)),
    );
    expect(await index.count(scope, {})).toBe(model.size + 300);
  });

  async function everything(index: SearchIndex, scope: Scope, tool: string): Promise<[string, string][]> {
    const found: [string, string][] = [];
    for (let offset = 0; ; offset += 500) {
      const { hits } = await index.search(scope, { filters: { tool: [tool] }, limit: 500, offset });
      found.push(...hits.map(({ document }): [string, string] => [document.id, document.text]));
      if (hits.length < 500) return found.sort(([a], [b]) => (a < b ? -1 : 1));
    }
  }

  test('killed in the middle it goes on, and nobody noticed', async () => {
    const alias = engines.newAlias();
    const index = open(alias);
    await index.ensure();
    const scope = newScope();
    const many = Array.from({ length: 9_000 }, (_, n) =>
      record(`d${n}`, { text: `text ${n} `.repeat(80), documentId: `${n}`, tool: 'changing' }),
    );
    for (let at = 0; at < many.length; at += 3_000)
      await index.index(scope, many.slice(at, at + 3_000), { visible: false });

    const child = reindexElsewhere(alias);
    const exited = once(child, 'exit');
    let status = await index.upkeep.status();
    while (status.converted === 0 || status.state !== 'reindexing') {
      if (child.exitCode !== null) throw new Error('it ended before it could be killed');
      await pause(10);
      status = await index.upkeep.status();
    }
    child.kill('SIGKILL');
    await exited;
    status = await index.upkeep.status();
    expect(status).toMatchObject({ state: 'reindexing', index: `${alias}-v2-000001`, documents: 9_000 });
    expect(status.converted).toBeLessThan(9_000);

    await index.index(scope, [record('d1', { text: 'written since', documentId: '1', tool: 'changing' })]);
    expect(await index.remove(scope, { document_id: ['0'] })).toBe(1);
    expect(await ids(index, scope, '"written since"')).toEqual(['d1']);
    const after = await index.upkeep.reindex({ request: 'another', signal: never });
    expect(after).toMatchObject({ state: 'current', index: `${alias}-v2-000002`, documents: 8_999 });
    expect(await ids(index, scope, '"written since"')).toEqual(['d1']);
    const found = await everything(index, scope, 'changing');
    expect(found).toHaveLength(8_999);
    expect(new Map(found).get('d8999')).toBe(many[8_999]!.text);
  });

  function reindexElsewhere(alias: string): ChildProcess {
    const program = join(import.meta.dirname, '../../services/search/opensearch-index.ts');
    const options = JSON.stringify({ url: engines.url, alias, dimension: DIMENSION });
    const script = `
      const { openOpenSearchIndex } = await import(${JSON.stringify(program)});
      const signal = new AbortController().signal;
      await openOpenSearchIndex(${options}).upkeep.reindex({ request: 'killed', anew: true, signal });`;
    return spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
  }

  test('killed while writers waited it is finished by the next, and they go on', async () => {
    const alias = engines.newAlias();
    const index = open(alias);
    await index.ensure();
    const scope = newScope();
    await index.index(scope, [record('a', { tool: 'x' }), record('b')]);
    await engines.client.indices.addBlock({ index: `${alias}-v2-000001`, block: 'write' });
    const waiting = index.index(scope, [record('c', { tool: 'x' })]);
    const removing = index.remove(scope, { tool: ['x'], test_id: ['none'] });
    await index.upkeep.reindex({ request: 'one', anew: true, signal: never });
    expect(await waiting).toEqual({ indexed: 1, failed: [] });
    expect(await removing).toBe(0);
    expect(await ids(index, scope)).toEqual(['a', 'b', 'c']);

    // and after the new one had taken its place
    await engines.client.indices.addBlock({ index: `${alias}-v2-000001`, block: 'write' });
    expect(await index.upkeep.reindex({ request: 'one', anew: true, signal: never })).toMatchObject({
      index: `${alias}-v2-000002`,
    });
    expect(await index.remove(scope, { tool: ['x'] })).toBe(2);
  });

  test('given up, it leaves writers alone and the old one where it is', async () => {
    const alias = engines.newAlias();
    const index = open(alias);
    await index.ensure();
    const scope = newScope();
    await index.index(scope, [record('a')]);
    const stopped = AbortSignal.abort();
    await expect(index.upkeep.reindex({ request: 'one', anew: true, signal: stopped })).rejects.toMatchObject(
      { name: 'AbortError' },
    );
    await index.index(scope, [record('b')]);
    expect(await index.upkeep.status()).toMatchObject({ index: `${alias}-v2-000001`, documents: 2 });
  });

  test('asked again by the same it is not done twice; by another it is', async () => {
    const alias = engines.newAlias();
    const index = open(alias);
    await index.ensure();
    const again = async (request: string) =>
      (await index.upkeep.reindex({ request, anew: true, signal: never })).index;
    expect(await again('one')).toBe(`${alias}-v2-000002`);
    expect(await again('one')).toBe(`${alias}-v2-000002`);
    expect(await again('two')).toBe(`${alias}-v2-000003`);
    expect((await index.upkeep.dropKept()).toSorted()).toEqual([`${alias}-v2-000001`, `${alias}-v2-000002`]);
  });

  test('what a copier that was thought dead still writes replaces nothing that is newer', async () => {
    const alias = engines.newAlias();
    const index = open(alias);
    await index.ensure();
    const scope = newScope();
    await index.index(scope, [record('a', { text: 'old' }), record('b', { text: 'old' }), record('c')]);
    const from = servingOf(await formsOf(engines.client, alias))!;
    await index.upkeep.reindex({ request: 'one', anew: true, signal: never });
    await index.index(scope, [record('a', { text: 'new' })]);
    await index.remove(scope, { kind: ['finding'], captured_from: '2100-01-01' });
    const form = servingOf(await formsOf(engines.client, alias))!;
    await copyBetween(engines.client, { form, from, request: 'dead' }, { from: -1, upTo: 100 }, never);
    await index.refresh();
    expect(await ids(index, scope, 'new')).toEqual(['a']);
    expect(await ids(index, scope, 'old')).toEqual(['b']);
  });

  test('vectors of another model are left out, and everything else goes over', async () => {
    const alias = engines.newAlias();
    const [small, large] = [open(alias), open(alias, 16)];
    await small.ensure();
    const scope = newScope();
    await small.index(scope, [record('a', { text: 'word', embedding: unit(1) })]);
    await expect(large.ensure()).rejects.toThrow('takes vectors of 8 values, not 16');
    expect((await large.upkeep.status()).state).toBe('outdated');
    await large.upkeep.reindex({ request: 'one', signal: never });
    await large.ensure();
    await large.index(scope, [record('b', { text: 'word', embedding: unit(1, 16) })]);
    expect(await ids(large, scope, 'word')).toEqual(['a', 'b']);
    expect((await large.search(scope, { vector: unit(1, 16), limit: 9 })).total).toBe(1);
  });

  test('another alias whose name begins alike is left alone', async () => {
    const alias = engines.newAlias();
    const longer = `${alias}-vault`;
    const [index, other] = [open(alias), open(longer)];
    await index.ensure();
    await other.ensure();
    const scope = newScope();
    await other.index(scope, [record('x', { tool: 't' })]);
    expect(await index.remove(scope, { tool: ['t'] })).toBe(0);
    expect(await index.upkeep.dropKept()).toEqual([]);
    expect(await ids(other, scope)).toEqual(['x']);
  });
});

test('in postgres the words of rows are computed again', async () => {
  const db = engines.db();
  const index = openPostgresIndex(db, { dimension: DIMENSION });
  const scope = newScope();
  const { tenant } = scope;
  await index.index(
    scope,
    Array.from({ length: 250 }, (_, n) => record(`d${n}`, { text: 'word', package: 'left-pad' })),
  );
  await db.client.$executeRaw`
    UPDATE search_documents SET lexemes = '''¶'':1'::tsvector WHERE tenant = ${tenant} AND id <> 'd7'`;
  const found = async (text: string) => (await index.search(scope, { text, limit: 1 })).total;
  expect(await found('left-pad')).toBe(1);
  expect(await index.upkeep.status()).toMatchObject({ engine: 'postgres', state: 'outdated', version: 1 });

  const stopped = AbortSignal.abort();
  await expect(index.upkeep.reindex({ request: 'r', signal: stopped })).rejects.toMatchObject({
    name: 'AbortError',
  });
  const after = await index.upkeep.reindex({ request: 'r', signal: never });
  expect(after).toMatchObject({ state: 'current', version: 2, kept: [] });
  expect(after.converted).toBe(after.documents);
  expect([await found('left-pad'), await found('word')]).toEqual([250, 250]);
  expect(await index.upkeep.reindex({ request: 's', anew: true, signal: never })).toEqual(after);
  expect(await index.upkeep.dropKept()).toEqual([]);
});
