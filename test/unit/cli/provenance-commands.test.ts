import { expect, test } from '@jest/globals';
import type { z } from 'zod';
import { documentExample, lookupExample } from '../../../api/provenance/examples.ts';
import type { ApiClient } from '../../../cli/api-client.ts';
import { lookup } from '../../../cli/commands/lookup.ts';
import { provenance } from '../../../cli/commands/provenance.ts';
import type { Context } from '../../../cli/context.ts';
import { createOutput } from '../../../cli/output.ts';
import type { DigestLookup, Provenance, ProvenanceGraph } from '../../../contracts/provenance.ts';

const DIGEST = lookupExample.digest;

/** A command line in front of an API that gives this answer to everything. */
function cli(answer: unknown) {
  const said = { text: '', asked: [] as string[] };
  const stdout = { write: (text: string) => (said.text += text) };
  const get = async (path: string, schema: z.ZodType) => {
    said.asked.push(path);
    return schema.parse(answer);
  };
  const context = {
    api: () => ({ get }) as unknown as ApiClient,
    output: createOutput('text', stdout, stdout),
    stdout,
  } as unknown as Context;
  return { context, said };
}

test('provenance shows links, trail and reasons, and an untrusted chain is no success', async () => {
  const good = cli(documentExample);
  expect(await provenance(good.context, documentExample.scan_id, { workspace: 'default' })).toBe(0);
  expect(good.said.asked).toEqual([`/v1/provenance/${documentExample.scan_id}?workspace_id=default`]);
  expect(good.said.text).toContain('chain complete, trust high');
  const bad: Provenance = {
    ...documentExample,
    chain_status: 'broken',
    trust_level: 'untrusted',
    reasons: [{ code: 'hash_mismatch', message: 'files: x\u001b[2J is not the file that was signed' }],
  };
  const shown = cli(bad);
  expect(await provenance(shown.context, bad.scan_id, { workspace: 'default' })).toBe(65);
  expect(shown.said.text).toContain('hash_mismatch');
  expect(shown.said.text).not.toContain('\u001b');
});

test('the graph is printed as it is', async () => {
  const graph: ProvenanceGraph = {
    scan_id: documentExample.scan_id,
    workspace_id: 'default',
    nodes: [],
    edges: [],
    chain_status: 'partial',
    trust_level: 'low',
  };
  const { context, said } = cli(graph);
  expect(await provenance(context, graph.scan_id, { workspace: 'default', graph: true })).toBe(0);
  expect(JSON.parse(said.text)).toEqual(graph);
  expect(said.asked[0]).toContain('format=graph');
});

test('a digest is looked up as people write it, and one that nothing knows is not found', async () => {
  const { context, said } = cli(lookupExample);
  expect(await lookup(context, `sha256:${DIGEST.toUpperCase()}`)).toBe(0);
  expect(said.asked).toEqual([`/v1/artifacts/by-digest/${DIGEST}`]);
  expect(said.text).toContain('findings.json');
  const nothing: DigestLookup = {
    ...lookupExample,
    bundles: [],
    permits: [],
    promotions: [],
    violations: [],
  };
  expect(await lookup(cli(nothing).context, DIGEST)).toBe(66);
  await expect(lookup(context, '../../x')).rejects.toMatchObject({ exitCode: 64 });
});
