// needs: postgres
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import express from 'express';
import { pino } from 'pino';
import { carryOut } from '../../../activities/trust/orders/carry-out.ts';
import { decidePermit } from '../../../activities/trust/permit/decide-permit.ts';
import type { ApiDeps } from '../../../api/deps.ts';
import { mountRoutes } from '../../../api/mount.ts';
import { permitRoutes } from '../../../api/permits/permit-routes.ts';
import { policyRoutes } from '../../../api/policies/policy-routes.ts';
import { problemHandler } from '../../../api/problems.ts';
import { requestId } from '../../../api/request-id.ts';
import { close, listen } from '../../../api/server.ts';
import { BUNDLE } from '../../../contracts/bundle.ts';
import { PREDICATE, STATEMENT_TYPE } from '../../../contracts/statements.ts';
import { WORKFLOWS } from '../../../contracts/workflow-names.ts';
import type { PermitInput, UploadInput } from '../../../contracts/workflows.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import { type Database, openDatabase } from '../../../services/database/database.ts';
import { openScan, updateScan } from '../../../services/database/scans.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import type { Bucket } from '../../../services/objects/store.ts';
import { KEYS, type TestKey } from '../../unit/domain/custody-fixture.ts';
import { COLLEAGUE, newTrust, OPERATOR, type Staged, stage } from './trust-fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'certus-permit-api-'));
let database: Database;
let raw: Bucket;
let trust: ReturnType<typeof newTrust>;
let server: Server;
let address: string;
let away: boolean;
let uploads: UploadInput[];

beforeAll(async () => {
  database = openDatabase(process.env.CERTUS_DATABASE_URL!);
  raw = await openDirectoryStore(folder).bucket('raw');
  trust = newTrust(database, raw);
  server = await listen(app(), '127.0.0.1', 0);
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  trust.setTime(new Date().toISOString());
  away = false;
  uploads = [];
});
afterAll(async () => {
  await close(server as Parameters<typeof close>[0]);
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The engine, without its queues: what is started is done on the spot, unless Trust is away. */
function engine() {
  const runs = new Map<string, Promise<unknown>>();
  const work = (name: string, input: unknown): Promise<unknown> => {
    if (name === WORKFLOWS.upload) return Promise.resolve(void uploads.push(input as UploadInput));
    if (away) return new Promise(() => undefined);
    if (name === WORKFLOWS.order) return carryOut(trust.deps, input as Parameters<typeof carryOut>[1]);
    const { run, bundle, ask } = input as PermitInput;
    return decidePermit(trust.deps, run, bundle, ask);
  };
  return {
    withDeadline: (_: number, act: () => unknown) => act(),
    withAbortSignal: (_: AbortSignal, act: () => unknown) => act(),
    workflow: {
      start: async (name: string, { workflowId, args }: { workflowId: string; args: unknown[] }) => {
        const result = runs.get(workflowId) ?? work(name, args[0]);
        runs.set(workflowId, result);
        return { result: () => result };
      },
      getHandle: (id: string) => ({
        result: () => runs.get(id),
        describe: async () => ({ status: { name: runs.has(id) ? 'RUNNING' : 'COMPLETED' } }),
      }),
    },
  };
}

function app() {
  const deps = {
    database,
    temporal: engine(),
    settings: {
      CERTUS_RAW_BUCKET: 'raw',
      CERTUS_REGISTRY_URL: undefined,
      CERTUS_REGISTRY_NAMESPACE: 'certus',
    },
    trust: { keySet: trust.deps.keySet, operator: OPERATOR.signer },
    // the token is the tenant's name
    authenticator: {
      authenticate: async (header: string | undefined) => ({
        tenant: (header ?? '').replace('Bearer ', ''),
        subject: 'ada',
        roles: ['admin'],
      }),
    },
    log: pino({ level: 'silent' }),
  } as unknown as ApiDeps;
  const made = express();
  made.use((_request, response, next) => {
    response.locals.requestId = requestId(undefined);
    next();
  });
  mountRoutes(made, [...permitRoutes(deps), ...policyRoutes(deps)], deps.authenticator, deps.log);
  made.use(problemHandler(deps.log));
  return made;
}

async function ask(method: string, path: string, body?: unknown, tenant = 'acme') {
  const response = await fetch(`${address}${path}`, {
    method,
    headers: { Authorization: `Bearer ${tenant}`, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  const json = (await response.json()) as any;
  return { status: response.status, location: response.headers.get('Location'), json };
}

/** A finished scan with its bundle in staging. */
async function scanned(changes: Parameters<typeof stage>[1] = {}): Promise<Staged> {
  const staged = await stage(raw, { finished: new Date().toISOString(), ...changes });
  const { scope, testId, component, assessment } = staged.run;
  await openScan(database, scope, {
    testId,
    component,
    assessment,
    source: { type: 'git', url: 'https://git.example/shop' },
    requestedBy: null,
    profile: 'light',
    manifestDigest: null,
    request: null,
    workflowId: `scan/${testId}`,
    createdAt: new Date(),
  });
  await updateScan(database, scope, testId, { status: 'SUCCEEDED', bundleDigest: staged.bundle.digest });
  return staged;
}

const requestFor = ({ run, index }: Staged, changes: object = {}) => ({
  scan_id: run.testId,
  workspace_id: run.scope.workspace,
  artifacts: index.files.map(({ path, sha256, size }) => ({ name: path, hash: `sha256:${sha256}`, size })),
  ...changes,
});
const permission = (staged: Staged, changes: object = {}) =>
  ask('POST', '/v1/verify-and-permit-upload', requestFor(staged, changes));

describe('asking for a permit', () => {
  test('answers with the permit and what was verified, and the same again to the same request', async () => {
    const staged = await scanned();
    const { status, json, location } = await permission(staged);
    expect(status).toBe(202);
    expect(json).toMatchObject({
      permitted: true,
      tier: 'verified',
      verification_proof: {
        chain_verified: true,
        signer_inner: KEYS.evidence.trusted.id,
        signer_outer: KEYS.permit.trusted.id,
      },
      storage_config: { raw_s3_bucket: 'raw', upload_to_oci: true },
    });
    expect((await permission(staged)).json).toEqual(json);
    expect((await ask('GET', location ?? '')).json).toEqual(json);
    const { permits } = (
      await ask('GET', `/v1/permits?test_id=${staged.run.testId}&workspace_id=${staged.run.scope.workspace}`)
    ).json;
    expect(permits).toEqual([json]);
  });

  test('answers a denial with its reason', async () => {
    const staged = await scanned();
    const wrong = await permission(staged, {
      artifacts: [{ name: BUNDLE.scan, hash: 'f'.repeat(64), size: 1 }],
    });
    expect(wrong).toMatchObject({
      status: 202,
      json: { permitted: false, reason: 'hash_mismatch', storage_config: null },
    });
    expect((await permission(staged, { artifacts: [] })).json).toMatchObject({ reason: 'no_artifacts' });
    const signer = { inner_signature: { signer: 'certus-assurance@certus.cloud' } };
    expect((await permission(staged, signer)).json).toMatchObject({ reason: 'invalid_signer' });
  });

  test('while Trust is away says where to ask again', async () => {
    away = true;
    const staged = await scanned();
    const { status, json, location } = await permission(staged);
    expect([status, json.permitted, json.decided_at]).toEqual([202, false, null]);
    expect((await ask('GET', location ?? '')).json).toMatchObject({ decided_at: null });
  }, 20_000);

  test('tells nothing to another tenant', async () => {
    const staged = await scanned();
    const { location } = await permission(staged);
    expect((await ask('GET', location ?? '', undefined, 'globex')).status).toBe(404);
    expect((await ask('POST', '/v1/verify-and-permit-upload', requestFor(staged), 'globex')).status).toBe(
      404,
    );
  });

  test('shows a row that Trust has not signed as refused, and publishes nothing with it', async () => {
    const staged = await scanned();
    const { json } = await permission(staged);
    const where = { ...staged.run.scope, id: json.upload_permission_id };
    const path = `/v1/permits/${json.upload_permission_id}`;
    await database.client.permit.updateMany({ where, data: { statement: new Uint8Array([1]) } });
    const query = `?workspace_id=${staged.run.scope.workspace}`;
    expect((await ask('GET', `${path}${query}`)).json).toMatchObject({
      permitted: false,
      reason: 'signature_invalid',
      verification_proof: { chain_verified: false },
    });
    const publish = await ask('POST', `${path}/publish`, { workspace_id: staged.run.scope.workspace });
    expect([publish.status, publish.json.code]).toEqual([403, 'permit_missing']);
    expect(uploads).toEqual([]);
  });

  test('is good for publishing, with that very permit', async () => {
    const staged = await scanned();
    const { json } = await permission(staged);
    const { workspace } = staged.run.scope;
    const path = `/v1/permits/${json.upload_permission_id}/publish`;
    expect((await ask('POST', path, { workspace_id: workspace })).status).toBe(202);
    expect(uploads).toMatchObject([{ permitId: json.upload_permission_id, bundle: staged.bundle }]);
  });
});

describe('breaking the glass', () => {
  const glass = (staged: Staged, changes: object = {}) =>
    ask('POST', '/v1/permits/break-glass', {
      workspace_id: staged.run.scope.workspace,
      test_id: staged.run.testId,
      reason: 'an incident is to be mended',
      until: new Date(Date.now() + 3_600_000).toISOString(),
      ...changes,
    });

  test('publishes what was denied, and shows what would have been', async () => {
    const staged = await scanned({ key: KEYS.stranger });
    expect((await permission(staged)).json.permitted).toBe(false);
    const { status, json } = await glass(staged);
    expect(status).toBe(201);
    expect(json.permit).toMatchObject({
      permitted: true,
      tier: 'basic',
      bypass: { by: 'ada', instead_of: { reason: 'invalid_signer' } },
      verification_proof: { chain_verified: false, inner_signature_valid: false },
    });
    expect(uploads).toMatchObject([{ permitId: json.permit.upload_permission_id }]);
  });

  test('does not go past hashes, and not past what is published already', async () => {
    const staged = await scanned();
    await raw.put(`${staged.bundle.prefix}${BUNDLE.scan}`, Buffer.from('{}'), {
      contentType: 'application/json',
    });
    expect((await glass(staged)).json.code).toBe('digest_mismatch');
    const done = await scanned();
    await updateScan(database, done.run.scope, done.run.testId, { uploadStatus: 'uploaded' });
    expect((await glass(done)).json.code).toBe('not_uploadable');
    expect(uploads).toEqual([]);
  });
});

describe('a statement about a bundle', () => {
  const endorsement = async (
    { bundle }: Staged,
    key: TestKey,
    predicateType: string = PREDICATE.endorsement,
  ) => {
    const statement = {
      _type: STATEMENT_TYPE,
      subject: [{ name: BUNDLE.index, digest: { sha256: bundle.digest } }],
      predicateType,
      predicate: {},
    };
    return JSON.parse(Buffer.from(await sealStatement(statement, key.signer)).toString('utf8'));
  };
  const attach = (staged: Staged, bundle: object) =>
    ask('POST', `/v1/security-scans/${staged.run.testId}/statements`, {
      workspace_id: staged.run.scope.workspace,
      bundle,
    });

  test('is kept when a key of the tenant has signed it, and counts', async () => {
    const staged = await scanned();
    const { workspace } = staged.run.scope;
    const rules = { schema: 'https://certus.dev/trust-policy/v1', name: 'two', signers: { at_least: 2 } };
    expect((await ask('PUT', `/v1/policies/${workspace}`, { policy: rules })).status).toBe(200);
    expect((await permission(staged)).json).toMatchObject({ violations: [{ rule: 'signers_at_least' }] });
    const { status, json } = await attach(staged, await endorsement(staged, COLLEAGUE));
    expect([status, json.key_id]).toEqual([201, COLLEAGUE.trusted.id]);
    expect((await permission(staged, { metadata: { branch: 'main' } })).json.permitted).toBe(true);
  });

  test('is refused with the right code', async () => {
    const staged = await scanned();
    const codes = [
      await attach(staged, await endorsement(staged, KEYS.stranger)),
      await attach(staged, await endorsement(await scanned(), COLLEAGUE)),
      await attach(staged, await endorsement(staged, COLLEAGUE, PREDICATE.permit)),
      await attach(staged, {}),
    ].map(({ json }) => json.code);
    expect(codes).toEqual([
      'untrusted_signer',
      'statement_invalid',
      'statement_invalid',
      'statement_invalid',
    ]);
    const forged = await endorsement(staged, COLLEAGUE);
    forged.dsseEnvelope.signatures[0].sig = (
      await endorsement(staged, COLLEAGUE, 'https://example.org/x')
    ).dsseEnvelope.signatures[0].sig;
    expect((await attach(staged, forged)).json.code).toBe('signature_invalid');
  });
});

describe('a policy', () => {
  const rules = { schema: 'https://certus.dev/trust-policy/v1', name: 'strict', gate: 'passed' };

  test('is set, shown with its versions, and only tried when it is a shadow', async () => {
    const { workspace } = (await stage(raw)).run.scope;
    const path = `/v1/policies/${workspace}`;
    expect((await ask('GET', path)).json).toMatchObject({ enforced: { version: 0 }, versions: [] });
    const set = await ask('PUT', path, { policy: rules });
    expect(set).toMatchObject({ status: 200, json: { version: 1 } });
    await ask('PUT', path, { mode: 'shadow', policy: { ...rules, name: 'tried' } });
    const { json } = await ask('GET', path);
    expect([json.enforced.policy.name, json.shadow.policy.name, json.versions.length]).toEqual([
      'strict',
      'tried',
      2,
    ]);
    expect((await ask('GET', '/v1/policies')).json.policies.length).toBeGreaterThan(2);
  });

  test('that cannot be met is refused before anybody is ordered to set it', async () => {
    const { status, json } = await ask('PUT', '/v1/policies/web', {
      policy: { ...rules, required_kinds: ['magic'] },
    });
    expect([status, json.code]).toEqual([422, 'policy_invalid']);
  });

  test('is tried on bundles of the past: what was decided, and what it would have been', async () => {
    const workspace = (await stage(raw)).run.scope.workspace;
    const [good, bad] = [await scanned({ workspace }), await scanned({ workspace, verdict: 'failed' })];
    for (const staged of [good, bad]) expect((await permission(staged)).json.permitted).toBe(true);
    const evaluated = await ask('POST', '/v1/policies/eval', { workspace_id: workspace, policy: rules });
    expect(evaluated.json).toMatchObject({ evaluated: 2, changed: 1 });
    const of = ({ run }: Staged) =>
      evaluated.json.bundles.find(({ test_id }: { test_id: string }) => test_id === run.testId).would_be;
    expect(of(good)).toMatchObject({ permitted: true });
    expect(of(bad)).toMatchObject({ reason: 'policy_violation', violations: [{ rule: 'gate' }] });
    const other = { workspace_id: workspace, policy: rules, component_id: 'another' };
    expect((await ask('POST', '/v1/policies/eval', other)).json.evaluated).toBe(0);
    const [row] = (await ask('GET', `/v1/permits?workspace_id=${workspace}&test_id=${bad.run.testId}`)).json
      .permits;
    expect(row.permitted).toBe(true);
  });
});
