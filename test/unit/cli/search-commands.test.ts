import { describe, expect, test } from '@jest/globals';
import type { z } from 'zod';
import { indexStatusExample, searchExample } from '../../../api/search/examples.ts';
import type { ApiClient } from '../../../cli/api-client.ts';
import { indexStatus, reindex } from '../../../cli/commands/index-form.ts';
import { search } from '../../../cli/commands/search.ts';
import type { Context } from '../../../cli/context.ts';
import { createOutput } from '../../../cli/output.ts';
import { createProgram } from '../../../cli/program.ts';
import { SearchParameters } from '../../../contracts/search.ts';

/** A command line in front of an API that gives these answers one after the other. */
function cli(...answers: unknown[]) {
  const said = { text: '', asked: [] as { path: string; body: unknown }[] };
  const stdout = { write: (text: string) => (said.text += text) };
  const answered = (path: string, schema: z.ZodType, body?: unknown) => {
    said.asked.push({ path, body });
    return schema.parse(answers.length > 1 ? answers.shift() : answers[0]);
  };
  const api: Partial<ApiClient> = {
    get: async (path, schema) => answered(path, schema) as never,
    post: async (path, body, schema) => answered(path, schema, body) as never,
  };
  const context = { api: () => api, output: createOutput('text', stdout, stdout), stdout };
  return { context: context as unknown as Context, said };
}

describe('search', () => {
  test('asks for what was given, in words that the API knows', async () => {
    const { context, said } = cli(searchExample);
    const given = {
      workspace: 'w',
      kind: ['package', 'document'],
      license: ['MIT'],
      package: ['@scope/a'],
      source: ['git'],
      sourceId: [`source_${'0'.repeat(24)}`],
      ingestion: [`ing_${'0'.repeat(24)}`],
      document: ['a'.repeat(64)],
      language: ['en'],
      from: '2026-01-01',
      to: '2026-02-01',
      limit: 5,
    };
    await search(context, ['private', 'key'], given);
    const asked = new URL(said.asked[0]!.path, 'http://x').searchParams;
    const parameters = Object.fromEntries(
      [...new Set(asked.keys())].map((name) => [
        name,
        asked.getAll(name).length > 1 ? asked.getAll(name) : asked.get(name),
      ]),
    );
    expect(SearchParameters.parse(parameters)).toMatchObject({
      workspace_id: 'w',
      q: 'private key',
      kind: given.kind,
      licenses: ['MIT'],
      package: ['@scope/a'],
      source: ['git'],
      captured_from: '2026-01-01',
      captured_to: '2026-02-01',
      limit: 5,
    });
  });

  test('shows of each kind what it is and where', async () => {
    const [finding, document] = searchExample.hits;
    const named = { kind: 'package', title: 'left-pad 1.2.3', package: 'left-pad', package_version: '1.2.3' };
    const { context, said } = cli({
      ...searchExample,
      hits: [
        finding,
        document,
        { ...finding, ...named, rule: undefined, path: undefined, severity: undefined },
      ],
    });
    await search(context, [], { workspace: 'default', limit: 20 });
    const lines = said.text.split('\n');
    expect(lines[0]).toBe('KIND\tSEVERITY\tWHAT\tTITLE\tWHERE\tFROM');
    expect(lines[1]).toBe(
      'finding\tcritical\tprivate-key\tPrivate key in a source file\tdeploy/id_rsa:1\tpayments',
    );
    expect(lines[2]).toBe('document\t-\t-\tHandling keys\tdocs/keys.md\tgit');
    expect(lines[3]).toMatch(/^package\t-\tleft-pad@1\.2\.3\tleft-pad 1\.2\.3\ttest_/);
  });
});

describe('the index', () => {
  const run = { state: 'done', started_at: '2026-01-01T00:00:00.000Z', error: null };
  const current = { ...indexStatusExample, version: 2, state: 'current', converted: 120_000, run };

  test('is told with its form, and exits with 1 when reindexing failed', async () => {
    const { context, said } = cli(indexStatusExample);
    expect(await indexStatus(context)).toBe(0);
    expect(said.text).toContain('certus-search-v1 (opensearch), version 1 of 2: reindexing');
    expect(said.text).toContain('40000 of 120000 records');
    const error = { code: 'dependency_unavailable', message: 'it is away' };
    const failed = cli({ ...current, run: { ...run, state: 'failed', error } });
    expect(await indexStatus(failed.context)).toBe(1);
    expect(failed.said.text).toContain('reindexing failed: it is away');
  });

  test('is brought into another form, which is waited for', async () => {
    const kept = { ...current, kept: ['certus-search-v1'] };
    const { context, said } = cli(indexStatusExample, indexStatusExample, kept);
    expect(await reindex(context, { anew: true, wait: true })).toBe(0);
    expect(said.asked[0]).toEqual({ path: '/v1/admin/reindex', body: { anew: true, drop_kept: false } });
    expect(said.asked).toHaveLength(3);
    expect(said.text).toContain('kept: certus-search-v1');
    const impatient = cli(indexStatusExample);
    await reindex(impatient.context, { wait: false, dropKept: true });
    expect(impatient.said.asked).toEqual([
      { path: '/v1/admin/reindex', body: { anew: false, drop_kept: true } },
    ]);
  });
});

test('the words stand in the program', () => {
  const program = createProgram({} as never, () => undefined);
  const words = program.commands.find((command) => command.name() === 'index')?.commands;
  expect(words?.map((command) => command.name())).toEqual(expect.arrayContaining(['status', 'reindex']));
  expect(program.commands.map((command) => command.name())).toContain('search');
});
