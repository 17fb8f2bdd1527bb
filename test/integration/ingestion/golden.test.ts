// needs: postgres, temporal
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { GoldenManifest } from '../../../contracts/bundle.ts';
import { CertusError } from '../../../contracts/errors.ts';
import { goldenManifestKey, goldenPrefix, quarantineNoticeKey } from '../../../contracts/object-keys.ts';
import { WORKFLOWS } from '../../../contracts/workflow-names.ts';
import { taskQueue } from '../../../contracts/zones.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import type { Bucket } from '../../../services/objects/store.ts';
import { digestOf, type Ingesting, startIngesting } from './harness.ts';

let folder: string;
let ingesting: Ingesting;
let golden: Bucket;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'certus-golden-ingestion-'));
  ingesting = await startIngesting(folder);
  golden = await openDirectoryStore(join(folder, 'objects')).bucket('golden');
});
afterAll(async () => {
  await ingesting?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const PERMIT = `permit_${'1'.repeat(32)}`;
const AUTHOR = ['inna.keller', 'nordwind-versand.de'].join('@');
const component = (name: string, version: string, author = 'nobody') => ({
  ...{ type: 'library', name, version, author, purl: `pkg:npm/${name}@${version}` },
  licenses: [{ license: { id: 'MIT' } }],
});
const FILES: Readonly<Record<string, string>> = {
  'findings.json': JSON.stringify({ schema: 'https://certus.dev/findings/v1', findings: [] }),
  'findings.sarif': readFileSync('test/fixtures/reports/semgrep.sarif.json', 'utf8'),
  'reports/sast/bandit.json': readFileSync('test/fixtures/reports/bandit.json', 'utf8'),
  'reports/sast/ruff.json': '[]',
  'sbom/bom.cdx.json': JSON.stringify({
    ...{ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 },
    components: [component('left-pad', '1.3.0', AUTHOR), component('express', '4.18.2')],
    vulnerabilities: [{ id: 'CVE-2024-0001', affects: [{ ref: 'left-pad' }] }],
  }),
  'sbom/bom.spdx.json': JSON.stringify({
    ...{ spdxVersion: 'SPDX-2.3', SPDXID: 'SPDXRef-DOCUMENT', name: 'shop' },
    packages: [{ SPDXID: 'SPDXRef-1', name: 'left-pad', versionInfo: '1.3.0' }],
  }),
  'summary.json': '{"verdict":"passed"}',
  'statements/permit.sigstore.json': '{}',
};

let runs = 0;
/** Puts a golden copy of a scan where it would lie. */
async function shown(files = FILES) {
  const testId = `test_${(++runs).toString(16).padStart(24, '0')}`;
  const scope = { tenant: 'default', workspace: ingesting.workspace };
  const contentType = 'application/json';
  const prefix = goldenPrefix(scope, testId);
  for (const [path, text] of Object.entries(files))
    await golden.put(`${prefix}${path}`, Buffer.from(text), { contentType });
  const manifest: GoldenManifest = {
    schema: 'https://certus.dev/golden/v1',
    ...{ tenant: scope.tenant, workspace_id: scope.workspace, component_id: 'shop', test_id: testId },
    ...{ permit_id: PERMIT, bundle_digest: 'a'.repeat(64), prefix, promoted_at: '2026-06-01T12:00:00.000Z' },
    files: Object.entries(files).map(([path, text]) => ({
      ...{ path, sha256: digestOf(text), size: Buffer.byteLength(text), media_type: contentType },
    })),
  };
  await golden.put(goldenManifestKey(scope, testId), Buffer.from(JSON.stringify(manifest)), { contentType });
  return { scope, testId, component: 'shop' };
}

const ingest = (run: Awaited<ReturnType<typeof shown>>, again = 0) =>
  ingesting.api.deps.temporal.workflow.execute(WORKFLOWS.goldenIngestion, {
    taskQueue: taskQueue('ingest'),
    workflowId: `golden-ingestion/${run.scope.workspace}/${run.testId}/${again}`,
    args: [run, 1],
  });

const records = async ({ scope, testId }: Awaited<ReturnType<typeof shown>>) => {
  const filters = { test_id: [testId] };
  const { hits } = await ingesting.api.deps.search.search(scope, { filters, limit: 100 });
  return hits.map(({ document }) => document);
};

describe('what a scan has left in golden', () => {
  test('is found as reports and packages, each once, with the digest and the permit of what golden shows', async () => {
    const run = await shown();
    await ingest(run);
    const found = await records(run);
    expect(found.map(({ kind, title }) => `${kind} ${title}`).sort()).toEqual([
      'package express 4.18.2',
      'package left-pad 1.3.0',
      expect.stringMatching(/^sbom_report /),
      expect.stringMatching(/^scan_report bandit.*: 7 findings$/),
      'scan_report ruff: 0 findings',
    ]);
    const express = found.find(({ title }) => title === 'express 4.18.2');
    expect(express).toMatchObject({ component: 'shop', package: 'express', packageVersion: '4.18.2' });
    expect(express?.envelope).toMatchObject({
      source: 'cyclonedx',
      source_location: `golden:${run.testId}/sbom/bom.cdx.json`,
      golden: { sha256: digestOf(FILES['sbom/bom.cdx.json'] ?? ''), permit_id: PERMIT },
    });
    expect(JSON.stringify(found)).not.toContain(AUTHOR);
    const { json } = await ingesting.send(`/v1/ingestions?workspace_id=${run.scope.workspace}`);
    expect(json.ingestions[0]).toMatchObject({ source: 'golden', state: 'done', failed: 0, records: 5 });
  });

  test('that is published again is there already', async () => {
    const run = await shown();
    await ingest(run);
    await expect(ingest(run, 1)).resolves.toBeUndefined();
    expect(await records(run)).toHaveLength(5);
  });

  test('tells of a report that is none what it is', async () => {
    const run = await shown({ 'reports/sast/bandit.json': '{"hello":"world"}' });
    await ingest(run);
    expect(await records(run)).toEqual([]);
    const list = await ingesting.send(`/v1/ingestions?workspace_id=${run.scope.workspace}&limit=1`);
    const [{ ingestion_id }] = list.json.ingestions;
    const path = `/v1/ingestions/${ingestion_id}/failed?workspace_id=${run.scope.workspace}`;
    expect((await ingesting.send(path)).json.items).toMatchObject([
      { key: 'reports/sast/bandit.json', code: 'format_mismatch' },
    ]);
  });

  test.each([
    ['before its last page', true],
    ['while its last page is read', false],
  ])('is not found when it is taken away %s', async (_, early) => {
    const run = await shown();
    const notice = () =>
      golden.put(quarantineNoticeKey(run.scope, run.testId), Buffer.from('{}'), {
        contentType: 'application/json',
      });
    let pages = 0;
    ingesting.connectorIs((connector) => ({
      ...connector,
      page: async (asked) => {
        pages += 1;
        if (pages === 2 && early) await notice();
        return connector.page({ ...asked, limit: early ? 1 : asked.limit });
      },
      fetch: async (item, asked) => {
        const fetched = await connector.fetch(item, asked);
        if (!early) await notice();
        return fetched;
      },
    }));
    await expect(ingest(run)).rejects.toThrow();
    ingesting.connectorIs((connector) => connector);
    expect(pages).toBeGreaterThan(1);
    expect(await records(run)).toEqual([]);
  });

  test('of which not all could be read is found as far as it was: golden shows it', async () => {
    const run = await shown();
    ingesting.connectorIs((connector) => ({
      ...connector,
      page: (asked) =>
        asked.cursor === null
          ? connector.page({ ...asked, limit: 1 })
          : Promise.reject(new CertusError('source_not_allowed', 'not now')),
    }));
    await expect(ingest(run)).rejects.toThrow();
    ingesting.connectorIs((connector) => connector);
    const list = await ingesting.send(`/v1/ingestions?workspace_id=${run.scope.workspace}&limit=1`);
    expect(list.json.ingestions[0]).toMatchObject({ state: 'failed', error: { code: 'source_not_allowed' } });
    expect(await records(run)).toMatchObject([{ kind: 'scan_report' }]);
  });

  test('is read once more when its key is named, and no other workspace reads it', async () => {
    const run = await shown();
    const key = `${goldenPrefix(run.scope, run.testId)}sbom/bom.cdx.json`;
    const ask = (workspace_id: string) =>
      ingesting.send('/v1/datalake/ingest', { method: 'POST', body: { workspace_id, key } });
    const again = await ask(run.scope.workspace);
    expect(again).toMatchObject({ status: 200, json: { state: 'done', ingested: 3, failed: 0 } });
    expect(await records(run)).toHaveLength(5);
    expect(await ask('other')).toMatchObject({ status: 422, json: { code: 'invalid_key' } });
  });
});
