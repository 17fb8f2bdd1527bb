import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { ApiDeps } from '../../../api/deps.ts';
import { manifestSchemaRoute } from '../../../api/manifest-schema.ts';
import { apiRoutes } from '../../../api/routes.ts';
import { BUILT_IN_MANIFEST } from '../../../contracts/built-in-manifest.ts';
import { Manifest } from '../../../contracts/manifest.ts';
import { MANIFEST_SCHEMA } from '../../../contracts/manifest-schema.ts';

const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true });
(addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
const accepts = ajv.compile(JSON.parse(JSON.stringify(MANIFEST_SCHEMA)));

const MINIMAL = { product: 'p', version: '1', profiles: [{ name: 'a', tools: ['secrets'] }] };
const profile = (more: object) => ({ ...MINIMAL, profiles: [{ ...MINIMAL.profiles[0], ...more }] });
const compliance = (more: object) => ({
  ...MINIMAL,
  compliance: [
    { name: 'c', controls: [{ framework: 'f', controlId: '1', tests: [{ name: 't', ...more }] }] },
  ],
});

describe('the published schema says of a manifest what Certus says', () => {
  test.each<[string, object]>([
    ['the smallest', MINIMAL],
    ['the built-in one', BUILT_IN_MANIFEST],
    ['one that names the schema', { $schema: MANIFEST_SCHEMA.$id, ...MINIMAL }],
    [
      'a tool with what it is told',
      profile({ tools: [{ id: 'semgrep', required: true, config: { rules: ['a.yml'], timeout: 5 } }] }),
    ],
    ['thresholds', profile({ thresholds: { critical: 0, low: 3 }, gateOn: 'new' })],
    [
      'notifications',
      profile({
        notify: {
          slack: 'https://hooks.example.org/x',
          webhooks: ['https://example.org'],
          email: ['a@example.org'],
        },
      }),
    ],
    [
      'a target',
      profile({ tools: ['dast'], requiresStack: true, stackBaseUrl: 'https://staging.example.org' }),
    ],
    ['a rule', profile({ rules: [{ name: 'r', deny: 'true' }] })],
    ['compliance', compliance({ evidence: ['sast'], threshold: { high: 0 }, linkedProfile: 'a' })],
    ['annotations', { ...MINIMAL, annotations: { team: 'shop' } }],
  ])('good: %s', (_, manifest) => {
    expect(Manifest.safeParse(manifest).error?.issues ?? []).toEqual([]);
    expect(accepts(manifest) ? [] : accepts.errors).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['nothing', {}],
    ['a list', []],
    ['no profile', { ...MINIMAL, profiles: [] }],
    ['no tools', profile({ tools: [] })],
    ['an unknown tool', profile({ tools: ['magic'] })],
    ['a tool without an id', profile({ tools: [{ required: true }] })],
    ['an unknown key', { ...MINIMAL, presets: {} }],
    ['an unknown key of a profile', profile({ threshold: {} })],
    ['an unknown severity', profile({ thresholds: { severe: 0 } })],
    ['a negative threshold', profile({ thresholds: { high: -1 } })],
    ['half a finding', profile({ thresholds: { high: 0.5 } })],
    ['a number for a version', { ...MINIMAL, version: 1 }],
    ['a control character', { ...MINIMAL, product: 'a\u001b[2J' }],
    ['no mail address', profile({ notify: { email: ['nobody'] } })],
    ['no address', profile({ stackBaseUrl: 'nowhere' })],
    ['a stack that is nowhere', profile({ requiresStack: true })],
    ['a target that is nowhere', profile({ tools: ['sast', 'dast'] })],
    ['a target that is nowhere, at length', profile({ tools: [{ id: 'dast' }] })],
    ['a day too long', profile({ bundle: { runtimeCeilingMinutes: 1441 } })],
    ['an annotation that is no text', { ...MINIMAL, annotations: { a: 1 } }],
  ])('bad: %s', (_, manifest) => {
    expect(Manifest.safeParse(manifest).success).toBe(false);
    expect(accepts(manifest)).toBe(false);
  });
});

test('the API gives it to everybody', async () => {
  expect(apiRoutes({ version: '0' } as unknown as ApiDeps)).toContain(manifestSchemaRoute);
  expect(manifestSchemaRoute).toMatchObject({ path: '/v1/manifest-schema', auth: 'none' });
  const answer = await manifestSchemaRoute.handle({} as never);
  expect(answer).toMatchObject({
    status: 200,
    contentType: 'application/schema+json',
    body: MANIFEST_SCHEMA,
  });
  expect(answer.body).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema' });
});
