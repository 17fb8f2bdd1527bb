// needs: postgres
import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import express from 'express';
import { pino } from 'pino';
import { decidePermit } from '../../../activities/trust/permit/decide-permit.ts';
import type { ApiDeps } from '../../../api/deps.ts';
import { executeUploadRoutes } from '../../../api/execute-upload/execute-routes.ts';
import { mountRoutes } from '../../../api/mount.ts';
import { permitRoutes } from '../../../api/permits/permit-routes.ts';
import { problemHandler } from '../../../api/problems.ts';
import { close, listen } from '../../../api/server.ts';
import { BUNDLE, type GoldenManifest } from '../../../contracts/bundle.ts';
import { UploadBatchConfirmation, UploadConfirmation } from '../../../contracts/execute-upload.ts';
import { goldenManifestKey, goldenPrefix } from '../../../contracts/object-keys.ts';
import { WORKFLOWS } from '../../../contracts/workflow-names.ts';
import type { PermitInput, UploadInput } from '../../../contracts/workflows.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { promotionStatement } from '../../../domain/custody/promotion-statement.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import { type Database, openDatabase } from '../../../services/database/database.ts';
import { findPermit } from '../../../services/database/permits.ts';
import { openScan, updateScan } from '../../../services/database/scans.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import type { Bucket } from '../../../services/objects/store.ts';
import { bundleFacts, KEYS } from '../../unit/domain/custody-fixture.ts';
import { newTrust, type Staged, stage } from '../permit/trust-fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'certus-execute-upload-'));
let database: Database;
let raw: Bucket;
let golden: Bucket;
let trust: ReturnType<typeof newTrust>;
let server: Server;
let address: string;
let published: UploadInput[];
/** What the publication does, in place of what it should. */
let instead: ((input: UploadInput) => Promise<unknown>) | undefined;

beforeAll(async () => {
  database = openDatabase(process.env.CERTUS_DATABASE_URL ?? '');
  const store = openDirectoryStore(folder);
  raw = await store.bucket('raw');
  golden = await store.bucket('golden');
  trust = newTrust(database, raw);
  server = await listen(app(), '127.0.0.1', 0);
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  trust.setTime(new Date().toISOString());
  published = [];
  instead = undefined;
});
afterAll(async () => {
  await close(server);
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The engine, without its queues: what is started is done on the spot. */
function engine() {
  const runs = new Map<string, Promise<unknown>>();
  const lost = new Set<string>();
  const work = (name: string, input: unknown): Promise<unknown> => {
    if (name === WORKFLOWS.upload) {
      published.push(input as UploadInput);
      return (instead ?? publish)(input as UploadInput);
    }
    const { run, bundle, ask } = input as PermitInput;
    return decidePermit(trust.deps, run, bundle, ask);
  };
  return {
    withDeadline: (_: number, act: () => unknown) => act(),
    withAbortSignal: (_: AbortSignal, act: () => unknown) => act(),
    workflow: {
      start: async (name: string, { workflowId, args }: { workflowId: string; args: unknown[] }) => {
        if (!lost.has(workflowId) && runs.has(workflowId)) return;
        lost.delete(workflowId);
        const result = work(name, args[0]);
        result.catch(() => lost.add(workflowId));
        runs.set(workflowId, result);
      },
      getHandle: (id: string) => ({ result: () => runs.get(id) }),
    },
  };
}

/** What Transform does with a permitted bundle, signed as it signs. */
async function publish({ scope, testId, permitId }: UploadInput): Promise<void> {
  const id = permitId ?? '';
  const permit = await findPermit(database, scope, id);
  const staged = stagedBy.get(testId);
  if (permit?.statement == null || staged === undefined) throw new Error('nothing was permitted');
  const { index, bundle } = staged;
  const [from, to] = [bundle.prefix, goldenPrefix(scope, testId)];
  const provenance = await raw.read(`${from}${BUNDLE.provenance}`, 1_000_000);
  const promotedOn = new Date().toISOString();
  const promotion = promotionStatement({
    bundle: bundleFacts(index, provenance),
    permit: { id, digest: sha256(permit.statement) },
    ...{ from, to, promotedOn },
  });
  const copied = [BUNDLE.index, ...index.files.map(({ path }) => path), BUNDLE.provenance];
  const files: [string, Uint8Array][] = [
    ...(await Promise.all(
      copied.map(async (path) => [path, await raw.read(`${from}${path}`, 1_000_000)] as [string, Uint8Array]),
    )),
    [BUNDLE.permit, permit.statement],
    [BUNDLE.permitProof, Buffer.from(permit.logProof ?? '')],
    [BUNDLE.promotion, await sealStatement(promotion, KEYS.promotion.signer)],
  ];
  for (const [path, bytes] of files)
    await golden.put(`${to}${path}`, bytes, { contentType: 'application/json', ifAbsent: true });
  const manifest: GoldenManifest = {
    schema: 'https://certus.dev/golden/v1',
    tenant: scope.tenant,
    workspace_id: scope.workspace,
    component_id: index.component_id,
    test_id: testId,
    permit_id: id,
    bundle_digest: bundle.digest,
    prefix: to,
    files: files.map(([path, bytes]) => ({
      path,
      sha256: sha256(bytes),
      size: bytes.length,
      media_type: 'application/json',
    })),
    promoted_at: promotedOn,
  };
  const key = goldenManifestKey(scope, testId);
  await golden.put(key, Buffer.from(JSON.stringify(manifest)), { contentType: 'application/json' });
  const ociReference = 'registry.example.org/certus/shop@sha256:0';
  const known = { uploadStatus: 'uploaded', permitId: id, goldenManifest: key, ociReference } as const;
  await updateScan(database, scope, testId, known);
}

function app() {
  const deps = {
    database,
    temporal: engine(),
    objects: { raw, golden },
    settings: { CERTUS_RAW_BUCKET: 'raw', CERTUS_REGISTRY_NAMESPACE: 'certus' },
    trust: { keySet: trust.deps.keySet },
    // the token is the tenant's name
    authenticator: {
      authenticate: async (header: string | undefined) => ({
        tenant: (header ?? '').replace('Bearer ', ''),
        subject: 'ada',
        roles: [],
      }),
    },
    log: pino({ level: 'silent' }),
  } as unknown as ApiDeps;
  const made = express();
  mountRoutes(made, [...permitRoutes(deps), ...executeUploadRoutes(deps)], deps.authenticator, deps.log);
  made.use(problemHandler(deps.log));
  return made;
}

async function post(path: string, body: object, tenant = 'acme') {
  const response = await fetch(`${address}${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${tenant}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  const json = (await response.json()) as any;
  return { status: response.status, location: response.headers.get('Location'), json };
}

const stagedBy = new Map<string, Staged>();

/** A finished scan with its bundle in staging, and the permit that its owner asked for. */
async function permitted() {
  const staged = await stage(raw, { finished: new Date().toISOString() });
  const { scope, testId, component, assessment } = staged.run;
  stagedBy.set(testId, staged);
  await openScan(database, scope, {
    ...{ testId, component, assessment, requestedBy: null, profile: 'light', manifestDigest: null },
    source: { type: 'git', url: 'https://git.example/shop' },
    request: null,
    workflowId: `scan/${testId}`,
    createdAt: new Date(),
  });
  const artifacts = { findings: BUNDLE.findings };
  const learnt = { status: 'SUCCEEDED', bundleDigest: staged.bundle.digest, artifacts } as const;
  await updateScan(database, scope, testId, learnt);
  const named = staged.index.files.map(({ path, sha256: digest, size }) => ({
    name: path as string,
    hash: `sha256:${digest}`,
    size,
  }));
  const where = { scan_id: testId, workspace_id: scope.workspace, artifacts: named };
  const { json: permit } = await post('/v1/verify-and-permit-upload', where);
  expect(permit.permitted).toBe(true);
  const request = {
    ...where,
    upload_permission_id: permit.upload_permission_id as string,
    tier: 'verified',
    metadata: { git_url: 'https://git.example/shop', branch: null },
    verification_proof: permit.verification_proof,
    storage_config: permit.storage_config,
  };
  return { staged, permit, request };
}

const execute = async (request: object, tenant?: string) => {
  const answer = await post('/v1/execute-upload', request, tenant);
  if (answer.status === 202) UploadConfirmation.parse(answer.json);
  return answer;
};

describe('an upload that is executed', () => {
  test('is published, and told from what golden holds; asked again it is told again', async () => {
    const { staged, request } = await permitted();
    const { status, json, location } = await execute(request);
    const { testId, scope } = staged.run;
    expect([status, location]).toEqual([202, `/v1/security-scans/${testId}?workspace_id=${scope.workspace}`]);
    const prefix = golden.locate(goldenPrefix(scope, testId).slice(0, -1));
    expect(json).toMatchObject({
      ...{ upload_permission_id: request.upload_permission_id, scan_id: testId },
      ...{ status: 'success', error_detail: null, s3_prefix: `${prefix}/` },
      oci_reference: expect.stringContaining('registry.example.org'),
    });
    const told = new Map(json.uploaded_artifacts.map((each: { name: string }) => [each.name, each]));
    expect(told.size).toBe(staged.index.files.length + 5);
    for (const { path, sha256: digest } of staged.index.files)
      expect(told.get(path)).toMatchObject({ hash: `sha256:${digest}`, s3_path: `${prefix}/${path}` });
    expect(published).toMatchObject([{ permitId: request.upload_permission_id, bundle: staged.bundle }]);
    const again = await execute(request);
    expect({ ...again.json, timestamp: '' }).toEqual({ ...json, timestamp: '' });
    expect(published).toHaveLength(1);
  });

  test('takes files by the names of old, and hashes that name their algorithm twice or never', async () => {
    const { request } = await permitted();
    const [first] = request.artifacts.filter(({ name }) => name === BUNDLE.findings);
    const digest = first?.hash.replace('sha256:', '') ?? '';
    const artifacts = [
      { name: 'findings', hash: `sha256:sha256:${digest}` },
      { name: BUNDLE.findings, hash: digest, size: null },
    ];
    expect((await execute({ ...request, artifacts })).json).toMatchObject({ status: 'success' });
  });

  test('fails where a file is not the one that was permitted, and nothing is published', async () => {
    const { request } = await permitted();
    const [first] = request.artifacts;
    for (const artifacts of [
      [{ ...first, hash: `sha256:${'0'.repeat(64)}` }],
      [{ ...first, size: 1 }],
      [{ ...first, name: 'other.json' }],
      [{ ...first, name: 'constructor' }],
      [],
    ]) {
      const { status, json } = await execute({ ...request, artifacts });
      expect([status, json.status, json.uploaded_artifacts]).toEqual([202, 'failed', []]);
      expect(json.error_detail).toMatch(/^(?:hash_mismatch|no_artifacts): /);
    }
    expect(published).toEqual([]);
  });

  test('is refused on a permit that is none, of others, or for another scan', async () => {
    const { request } = await permitted();
    const other = await permitted();
    for (const [changes, tenant, code] of [
      [{ upload_permission_id: `permit_${'0'.repeat(32)}` }, 'acme', 'not_found'],
      [{ upload_permission_id: `${request.scan_id}-permit-fallback` }, 'acme', 'not_found'],
      [{ workspace_id: other.request.workspace_id }, 'acme', 'not_found'],
      [{}, 'globex', 'not_found'],
      [{ scan_id: other.request.scan_id }, 'acme', 'permit_invalid'],
      [{ scan_id: '../x' }, 'acme', 'invalid_request'],
    ] as const)
      expect((await execute({ ...request, ...changes }, tenant)).json).toMatchObject({ code });
    expect(published).toEqual([]);
  });

  test('goes on with a permit that the run asked for itself where the run would', async () => {
    const { staged, request } = await permitted();
    const { permitId } = await decidePermit(trust.deps, staged.run, staged.bundle);
    instead = (input) => publish({ ...input, permitId });
    const { verification_proof: _, ...asked } = request;
    const { json } = await execute({ ...asked, upload_permission_id: permitId });
    expect(json).toMatchObject({ upload_permission_id: permitId, status: 'success' });
    expect(published).toHaveLength(1);
    expect(published[0]).not.toHaveProperty('permitId');
    // the other permit of the same bundle was not what it was published on
    expect((await execute(request)).json).toMatchObject({ code: 'not_uploadable', status: 409 });
  });

  test('believes no row that Trust has not signed', async () => {
    const { staged, request } = await permitted();
    const where = { ...staged.run.scope, id: request.upload_permission_id };
    await database.client.permit.updateMany({ where, data: { statement: new Uint8Array([1]) } });
    const { storage_config: _, verification_proof: __, ...claimed } = request;
    expect((await execute(claimed)).json).toMatchObject({ code: 'permit_missing', status: 403 });
    expect(published).toEqual([]);
  });

  test('is refused to who says something else of the permit than Trust', async () => {
    const { request } = await permitted();
    for (const changes of [
      { tier: 'basic' },
      { verification_proof: { chain_verified: false } },
      { verification_proof: { signer_inner: 'certus-assurance@certus.cloud' } },
      { storage_config: { upload_to_oci: false } },
      { storage_config: { raw_s3_prefix: 'https:--github.com-o-r.git/HEAD' } },
    ])
      expect((await execute({ ...request, ...changes })).json).toMatchObject({ code: 'invalid_request' });
    expect(published).toEqual([]);
    expect((await execute({ ...request, verification_proof: null, storage_config: {} })).json).toMatchObject({
      status: 'success',
    });
  });

  test('tells that golden is not what was permitted any more', async () => {
    const { staged, request } = await permitted();
    await execute(request);
    const { scope, testId } = staged.run;
    const key = `${goldenPrefix(scope, testId)}${BUNDLE.findings}`;
    await golden.put(key, Buffer.from('{"findings":[ ]}'), { contentType: 'application/json' });
    const { json } = await execute(request);
    expect(json).toMatchObject({ status: 'failed', uploaded_artifacts: [] });
    expect(json.error_detail).toMatch(/^golden_drifted: /);
  });

  test('tells why it was not published, and that it goes on', async () => {
    const { staged, request } = await permitted();
    const { scope, testId } = staged.run;
    instead = async () =>
      void (await updateScan(database, scope, testId, {
        uploadStatus: 'denied',
        denialReason: 'policy_violation',
      }));
    expect((await execute(request)).json).toMatchObject({
      status: 'failed',
      error_detail: 'denied: policy_violation',
    });
    const second = await permitted();
    instead = async ({ scope: where, testId: id }) =>
      void (await updateScan(database, where, id, { uploadStatus: 'in_review' }));
    expect((await execute(second.request)).json).toMatchObject({ status: 'pending', error_detail: null });
    const third = await permitted();
    const failure = ApplicationFailure.create({
      type: 'registry_refused',
      message: 'no',
      nonRetryable: true,
    });
    instead = () => Promise.reject(new WorkflowFailedError('failed', failure, 'MAXIMUM_ATTEMPTS_REACHED'));
    expect((await execute(third.request)).json).toMatchObject({
      status: 'failed',
      error_detail: 'registry_refused: no',
    });
    instead = undefined;
    expect((await execute(third.request)).json).toMatchObject({ status: 'success' });
  });

  test('in a batch: each for itself', async () => {
    const [one, two, three] = [await permitted(), await permitted(), await permitted()];
    const scans = [
      one.request,
      { ...two.request, upload_permission_id: 'permit_forged' },
      { ...three.request, artifacts: [] },
    ];
    const { status, json } = await post('/v1/execute-upload/batch', { scans });
    expect(status).toBe(202);
    UploadBatchConfirmation.parse(json);
    expect(json).toMatchObject({ total_scans: 3, successful: 1, failed: 2, pending: 0 });
    expect(json.results.map(({ status: of }: { status: string }) => of)).toEqual([
      'success',
      'failed',
      'failed',
    ]);
    expect(json.results[1].error_detail).toBe('not_found: there is no such permit in this workspace');
    expect((await post('/v1/execute-upload/batch', { scans: [] })).status).toBe(422);
    expect((await post('/v1/execute-upload/batch', { scans: Array(101).fill(one.request) })).status).toBe(
      422,
    );
  });
});
