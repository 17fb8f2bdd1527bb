import { expect, test } from '@jest/globals';
import type { z } from 'zod';
import { auditExample, goldenCopyExample } from '../../../api/golden/examples.ts';
import type { ApiClient } from '../../../cli/api-client.ts';
import { auditGolden } from '../../../cli/commands/golden-audit.ts';
import { listGolden, showGolden } from '../../../cli/commands/golden-show.ts';
import type { Context } from '../../../cli/context.ts';
import { createOutput } from '../../../cli/output.ts';

/** A command line in front of an API that gives this answer. */
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
  };
  const context = { api: () => api, output: createOutput('text', stdout, stdout) };
  return { context: context as unknown as Context, said };
}

test('an audit tells by its exit code whether something has changed', async () => {
  const { context, said } = cli(auditExample);
  expect(await auditGolden(context, { workspace: 'web', sample: '0.5' })).toBe(2);
  expect(said.asked).toEqual([{ path: '/v1/audits/golden', body: { workspace_id: 'web', sample: 0.5 } }]);
  expect(said.text).toContain('hash_mismatch\tdocuments/active/readme.md');
  const clean = { ...auditExample, drifted: 0, drift: [] };
  expect(await auditGolden(cli(clean).context, {})).toBe(0);
  expect(await auditGolden(cli({ ...clean, state: 'failed' }).context, {})).toBe(1);
});

test.each(['0', '2', '-1', 'all', 'NaN'])('no audit is asked for of a part of %s', async (sample) => {
  const { context, said } = cli(auditExample);
  await expect(auditGolden(context, { sample })).rejects.toMatchObject({ exitCode: 64 });
  expect(said.asked).toEqual([]);
});

test('copies show what becomes of them, and what has changed', async () => {
  const drift = [{ code: 'hash_mismatch', path: 'a\u001b[2J.json', message: 'is not what was promoted' }];
  const copy = { ...goldenCopyExample, quarantined: true, drift };
  const listed = cli({ copies: [copy], next_cursor: 'MQ' });
  await listGolden(listed.context, { workspace: 'default', class: 'hot', limit: 20 });
  expect(listed.said.asked[0]?.path).toBe('/v1/golden?workspace_id=default&class=hot&limit=20');
  expect(listed.said.text).toMatch(/quarantined\t9\t.*\t1 changed\nmore: --cursor MQ/);
  const shown = cli(copy);
  await showGolden(shown.context, copy.test_id, { workspace: 'default' });
  expect(shown.said.text).toContain('hash_mismatch  a\\u{1b}[2J.json');
});
