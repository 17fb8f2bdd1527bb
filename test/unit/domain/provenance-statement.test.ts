import { expect, test } from '@jest/globals';
import { ProvenanceStatement } from '../../../contracts/statements.ts';
import { makeIndex, provenanceOf } from './custody-fixture.ts';
import { toolRun } from './tool-run-fixture.ts';

const dependencies = (changes: Parameters<typeof provenanceOf>[1]) => {
  const statement = provenanceOf(makeIndex(), changes);
  expect(ProvenanceStatement.parse(statement)).toEqual(statement);
  return statement.predicate.buildDefinition.resolvedDependencies;
};

test('names the tools that have looked, with version and the age of their data, and no others', () => {
  const tools = [
    toolRun('vulnerabilities', { version: '2', data: { name: 'OSV', updated_at: '2026-05-30T00:00:00Z' } }),
    toolRun('trivy', { outcome: 'not_available', version: null }),
    toolRun('semgrep', { outcome: 'timed_out' }),
  ];
  expect(dependencies({ tools }).filter(({ name }) => name.startsWith('tool/'))).toEqual([
    {
      name: 'tool/vulnerabilities',
      annotations: { version: '2', data: 'OSV', dataUpdatedAt: '2026-05-30T00:00:00Z' },
    },
  ]);
});

test('names a commit by its id, and what has none by its content and where that came from', () => {
  expect(dependencies({})[0]).toMatchObject({
    uri: 'git+https://git.example/shop',
    digest: { gitCommit: 'a'.repeat(40) },
  });
  const changes = {
    source_type: 'archive' as const,
    source: 'shop.zip',
    git_url: null,
    git_commit: null,
    origin_digest: 'd'.repeat(64),
  };
  expect(dependencies(changes)[0]).toEqual({
    name: 'source',
    digest: { sha256: 'b'.repeat(64) },
    annotations: { contentHash: 'b'.repeat(64), originDigest: 'd'.repeat(64) },
  });
});

test('says how the gate ended', () => {
  const { externalParameters } = provenanceOf(makeIndex(), { verdict: 'failed' }).predicate.buildDefinition;
  expect(externalParameters).toMatchObject({ gate: { verdict: 'failed' } });
});
