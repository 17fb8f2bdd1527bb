import { describe, expect, test } from '@jest/globals';
import { deliveryRoutes } from '../../../api/agents/delivery-routes.ts';
import type { ApiDeps } from '../../../api/deps.ts';
import { errorCodesOf, openApiDocument } from '../../../api/openapi.ts';
import { apiRoutes } from '../../../api/routes.ts';
import { ERROR_STATUS } from '../../../contracts/errors.ts';
import { Problem } from '../../../contracts/problem.ts';

// biome-ignore lint/suspicious/noExplicitAny: the document is looked at as a client would, without our types
type Json = any;

// The table is built without its servers: nothing is called while it is read.
const deps = { version: '0.0.0', trust: {}, settings: {} } as unknown as ApiDeps;
const routes = [...apiRoutes(deps), ...deliveryRoutes(deps)];
const document = openApiDocument(routes, '0.0.0');
const api: Json = JSON.parse(JSON.stringify(document));

const operations = routes.map((route) => ({ route, operation: api.paths[route.path][route.method] }));

/** Faults that a reader of OpenAPI 3.1 would stumble over. */
function faultsOf(spec: Json): string[] {
  const faults: string[] = [];
  if (!/^3\.1\.\d+$/.test(spec.openapi)) faults.push('openapi');
  if (!spec.info?.title || !spec.info?.version) faults.push('info');
  walk(spec, '#', (at, value) => {
    if (typeof value.$ref === 'string' && resolve(spec, value.$ref) === undefined)
      faults.push(`${at} -> ${value.$ref}`);
  });
  const ids = new Set<string>();
  for (const [path, item] of Object.entries<Record<string, Json>>(spec.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      const name = `${method} ${path}`;
      if (ids.has(operation.operationId) || !operation.operationId) faults.push(`${name}: operationId`);
      ids.add(operation.operationId);
      const declared = (operation.parameters ?? [])
        .filter(
          (parameter: Json) => parameter.in === 'path' && parameter.required === true && parameter.schema,
        )
        .map((parameter: { name: string }) => parameter.name);
      const used = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      if (String(declared) !== String(used)) faults.push(`${name}: path parameters`);
      for (const requirement of operation.security ?? []) {
        for (const scheme of Object.keys(requirement)) {
          if (!spec.components.securitySchemes[scheme]) faults.push(`${name}: security ${scheme}`);
        }
      }
      for (const [status, response] of Object.entries<Json>(operation.responses)) {
        if (!/^[1-5]\d\d$/.test(status) || !response.description) faults.push(`${name}: response ${status}`);
      }
      const succeeds = Object.keys(operation.responses).some((status) => status < '400');
      if (!succeeds && !operation.summary.startsWith('Refused: ')) faults.push(`${name}: no success`);
    }
  }
  return faults;
}

function walk(value: Json, at: string, visit: (at: string, value: Json) => void): void {
  if (value === null || typeof value !== 'object') return;
  visit(at, value);
  for (const [key, item] of Object.entries(value)) walk(item, `${at}/${key}`, visit);
}

function resolve(spec: unknown, reference: string): unknown {
  if (!reference.startsWith('#/')) return undefined;
  return reference
    .slice(2)
    .split('/')
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], spec);
}

test('the document is sound', () => {
  expect(faultsOf(api)).toEqual([]);
});

test.each([
  ['a reference to nothing', (spec: typeof api) => delete spec.components.schemas.Problem],
  [
    'an undeclared path parameter',
    (spec: typeof api) => delete spec.paths['/v1/security-scans/{test_id}'].get.parameters,
  ],
  ['an unknown security scheme', (spec: typeof api) => delete spec.components.securitySchemes.token],
  [
    'the same id twice',
    (spec: typeof api) => Object.assign(spec.paths['/healthz'].get, { operationId: 'getReadiness' }),
  ],
  ['no success', (spec: typeof api) => delete spec.paths['/healthz'].get.responses[200]],
])('the check above sees %s', (_what, harm) => {
  const harmed = structuredClone(api);
  harm(harmed);
  expect(faultsOf(harmed)).not.toEqual([]);
});

test('documents every route of the table and nothing else', () => {
  const documented = Object.entries(api.paths).flatMap(([path, item]) =>
    Object.keys(item as object).map((method) => `${method} ${path}`),
  );
  expect(documented.sort()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).sort());
});

describe.each(
  operations.map(({ route, operation }) => [`${route.method} ${route.path}`, route, operation] as const),
)('%s', (_name, route, operation) => {
  test('says whether a token is needed', () => {
    expect(operation.security).toEqual(route.auth === 'none' ? [] : [{ [route.auth]: [] }]);
    if (route.auth === 'token') expect(operation.responses).toHaveProperty('401');
  });

  test('shows every error with an example that is a problem', () => {
    for (const code of errorCodesOf(route)) {
      if (ERROR_STATUS[code] in route.answers) continue;
      const example =
        operation.responses[ERROR_STATUS[code]].content['application/problem+json'].examples[code].value;
      expect(Problem.strict().parse(example)).toMatchObject({ code, status: ERROR_STATUS[code] });
    }
  });

  test('its examples are what its schemas say', () => {
    for (const answer of Object.values(route.answers)) {
      if (answer.example) expect(answer.schema?.parse(answer.example)).toEqual(answer.example);
    }
    for (const example of Object.values(route.body?.examples ?? {})) {
      expect(() => route.body?.schema.parse(example)).not.toThrow();
    }
  });

  test('names every parameter', () => {
    const names = (operation.parameters ?? []).map((parameter: { name: string }) => parameter.name).sort();
    const shape = (schema: unknown) => Object.keys((schema as { shape?: object } | undefined)?.shape ?? {});
    expect(names).toEqual([...shape(route.params), ...shape(route.query), ...shape(route.headers)].sort());
  });
});
