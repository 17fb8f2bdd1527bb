import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import type { z } from 'zod';
import {
  bypassedExample,
  deniedExample,
  permitBundleExample,
  permitExample,
} from '../../../api/permits/examples.ts';
import { evaluationExample, policyExample } from '../../../api/policies/examples.ts';
import type { ApiClient } from '../../../cli/api-client.ts';
import { breakGlass, printPermitStatement, requestPermit, showPermit } from '../../../cli/commands/permit.ts';
import { evaluatePolicy, setPolicy, shadowPolicy } from '../../../cli/commands/policy.ts';
import type { Context } from '../../../cli/context.ts';
import { createOutput } from '../../../cli/output.ts';
import { bytesOf, makeIndex } from '../domain/custody-fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'certus-policy-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const here = { workspace: 'default' };

/** A command line in front of an API that gives this answer to everything. */
function cli(answer: unknown) {
  const said = { text: '', asked: [] as { path: string; body: unknown }[] };
  const stdout = { write: (text: string) => (said.text += text) };
  const answered = (path: string, schema: z.ZodType, body?: unknown) => {
    said.asked.push({ path, body });
    return schema.parse(answer);
  };
  const api: Partial<ApiClient> = {
    get: async (path, schema) => answered(path, schema) as never,
    post: async (path, body, schema) => answered(path, schema, body) as never,
    put: async (path, body, schema) => answered(path, schema, body) as never,
    download: async () =>
      (async function* () {
        yield bytesOf(makeIndex());
      })(),
  };
  const context = {
    workingDirectory: folder,
    api: () => api,
    output: createOutput('text', stdout, stdout),
    stdout,
  } as unknown as Context;
  return { context, said };
}

function policyFile(name: string, content: unknown): string {
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  return name;
}

test('a policy is set, or only tried, where it was meant', async () => {
  const file = policyFile('good.json', policyExample);
  const { context, said } = cli({ order_id: 'order_1', workspace: '*', version: 4 });
  expect(await setPolicy(context, file, { workspace: '*' })).toBe(0);
  expect(await shadowPolicy(context, file, { workspace: '*' })).toBe(0);
  expect(said.asked).toMatchObject([
    { path: '/v1/policies/*', body: { mode: 'enforced', policy: { name: 'releases' } } },
    { path: '/v1/policies/*', body: { mode: 'shadow' } },
  ]);
});

test.each([
  ['no JSON', '{'],
  ['no policy', {}],
  ['a misspelt rule', { ...policyExample, gates: 'passed' }],
  ['what can never be met', { ...policyExample, required_kinds: ['magic'] }],
])('a file that is %s is refused before anybody is asked', async (_, content) => {
  const { context, said } = cli({});
  await expect(setPolicy(context, policyFile('bad.json', content), here)).rejects.toMatchObject({
    code: 'policy_invalid',
  });
  expect(said.asked).toEqual([]);
});

test('trying a policy tells by its exit code that it would have kept back what went out', async () => {
  const file = policyFile('good.json', policyExample);
  const options = { ...here, limit: 50 };
  expect(await evaluatePolicy(cli(evaluationExample).context, file, options)).toBe(2);
  const same = { ...evaluationExample, bundles: [] };
  expect(await evaluatePolicy(cli(same).context, file, options)).toBe(0);
});

test('a permit is asked for with every file of the bundle; a denial is no success', async () => {
  const { context, said } = cli(permitExample);
  expect(await requestPermit(context, permitExample.scan_id, { ...here, tier: 'verified' })).toBe(0);
  expect(said.asked[0]?.body).toMatchObject({
    scan_id: permitExample.scan_id,
    artifacts: makeIndex().files.map(({ path, sha256 }) => ({ name: path, hash: `sha256:${sha256}` })),
  });
  const denied = cli(deniedExample);
  expect(await requestPermit(denied.context, permitExample.scan_id, { ...here, tier: 'verified' })).toBe(2);
  expect(denied.said.text).toContain('threshold:critical');
});

test('that a permit went past the rules, and on whose order, is shown', async () => {
  const { context, said } = cli(bypassedExample);
  expect(await showPermit(context, bypassedExample.upload_permission_id, here)).toBe(0);
  expect(said.text).toContain('permitted, BYPASSED');
  expect(said.text).toContain(bypassedExample.bypass?.order_id);
});

test('breaking the glass asks for a time that is one', async () => {
  const glass = { ...here, reason: 'an incident is to be mended', until: 'tomorrow' };
  const { context, said } = cli({ order_id: 'order_1', permit: null });
  await expect(breakGlass(context, permitExample.scan_id, glass)).rejects.toMatchObject({ exitCode: 64 });
  expect(said.asked).toEqual([]);
  expect(await breakGlass(context, permitExample.scan_id, { ...glass, until: '2026-01-02T00:00:00Z' })).toBe(
    0,
  );
  expect(said.text).toContain('order_1');
});

test('a permit is printed as it was signed, for tools that read bundles', async () => {
  const { context, said } = cli(permitBundleExample);
  expect(await printPermitStatement(context, 'permit_1', here)).toBe(0);
  expect(said.asked).toMatchObject([{ path: '/v1/permits/permit_1/statement?workspace_id=default' }]);
  expect(JSON.parse(said.text)).toEqual(permitBundleExample);
});
