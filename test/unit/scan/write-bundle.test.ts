import { rmSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type ToolResult, writeToolResult } from '../../../activities/scan/tool-result.ts';
import { type Background, type BundleRequest, writeBundle } from '../../../activities/scan/write-bundle.ts';
import { BUNDLE, BundleIndex } from '../../../contracts/bundle.ts';
import { type Finding, FindingsDocument } from '../../../contracts/finding.ts';
import { Manifest } from '../../../contracts/manifest.ts';
import { rawPrefix } from '../../../contracts/object-keys.ts';
import type { Triage } from '../../../contracts/triage.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import type { Bucket } from '../../../services/objects/store.ts';
import { bundleFacts } from '../domain/bundle-fixture.ts';
import { findingOf, fingerprintOf } from '../domain/finding-fixture.ts';
import { decided, many } from '../domain/gate-fixture.ts';
import { toolRun } from '../domain/tool-run-fixture.ts';
import { temporaryFolder } from './sources.ts';

const root = temporaryFolder('raw');
let raw: Bucket;
beforeAll(async () => {
  raw = await openDirectoryStore(root).bucket('raw');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

let runs = 0;
let request: BundleRequest;
let prefix: string;
const put = (path: string, text: string) =>
  raw.put(`${prefix}${path}`, Buffer.from(text), { contentType: 'application/json' });
const textOf = async (path: string) =>
  Buffer.from(await raw.read(`${prefix}${path}`, 64 * 1024 * 1024)).toString('utf8');

/** A result of the run, its files put where a tool puts them. */
async function result(about: Partial<ToolResult> = {}): Promise<void> {
  const { run = toolRun('secrets', { reports: [] }), findings = [], files = [], notices = [] } = about;
  const { scope, testId } = request.input;
  for (const { path } of files) await put(path, `{"report":"${path}"}`);
  await writeToolResult(raw, scope, testId, { run, findings, files, notices });
}

const NOTHING: Background = { baseline: null, triage: [], events: [] };
const write = (tools: string[], background: Partial<Background> = {}) =>
  writeBundle({ raw }, { ...request, tools }, { ...NOTHING, ...background });

async function pathsThere(): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of raw.list(prefix)) found.push(key.slice(prefix.length));
  return found;
}

/** With another manifest than a plain one. */
function ask(profile: object, more: object = {}): void {
  const profiles = [{ name: 'light', tools: ['secrets'], ...profile }];
  const manifest = Manifest.parse({ product: 'Shop', version: '1', profiles, ...more });
  request = { ...request, manifest: { ...request.manifest, manifest } };
}

beforeEach(() => {
  const { input, manifest, checkout, startedAt, completedAt } = bundleFacts();
  runs += 1;
  const testId = `test_${runs.toString(16).padStart(12, '0')}`;
  request = { input: { ...input, testId }, manifest, checkout, tools: [], startedAt, completedAt };
  prefix = rawPrefix(input.scope, testId);
  ask({});
});

const SARIF = { path: 'reports/secrets/secrets.sarif.json', mediaType: 'application/sarif+json' };

describe('the index', () => {
  test('lists all that lies there, as it lies there, by its digest', async () => {
    await result({ files: [SARIF], findings: many('low', 3) });
    const { assessment } = await write(['secrets']);
    const index = BundleIndex.parse(JSON.parse(await textOf(BUNDLE.index)));
    expect(sha256(await textOf(BUNDLE.index))).toBe(assessment.bundle.digest);
    expect([...index.files.map(({ path }) => path), BUNDLE.index].sort()).toEqual(
      (await pathsThere()).sort(),
    );
    for (const { path, sha256: digest, size } of index.files) {
      const text = await textOf(path);
      expect([path, sha256(text), Buffer.byteLength(text)]).toEqual([path, digest, size]);
    }
  });

  test('is the same after a second attempt', async () => {
    await result({ files: [SARIF], findings: many('low', 3) });
    const first = await write(['secrets']);
    expect((await write(['secrets'])).assessment).toEqual(first.assessment);
  });

  test('does not depend on the order in which tools are named', async () => {
    await result({ findings: many('low', 3) });
    await result({ run: toolRun('sast', { reports: [] }), findings: many('high', 3) });
    const first = await write(['secrets', 'sast']);
    expect((await write(['sast', 'secrets'])).assessment.bundle).toEqual(first.assessment.bundle);
  });
});

test('what an earlier attempt left and nobody lists is gone; statements stay', async () => {
  await put('reports/secrets/half.json', 'x');
  await put(BUNDLE.provenance, 'signed');
  await result({ files: [SARIF] });
  await write(['secrets']);
  const there = await pathsThere();
  expect(there).not.toContain('reports/secrets/half.json');
  expect(there).toContain(SARIF.path);
  expect(there).toContain(BUNDLE.provenance);
});

test.each(['scan.json', 'bundle.json', 'statements/permit.sigstore.json', 'sbom/other.json', 'reports/a b'])(
  'a tool may not leave %s',
  async (path) => {
    await result({ files: [{ ...SARIF, path }] });
    await expect(write(['secrets'])).rejects.toMatchObject({ code: 'bundle_invalid' });
  },
);

test('two tools may not leave the same file', async () => {
  await result({ files: [SARIF] });
  await result({ run: toolRun('sast', { reports: [] }), files: [SARIF] });
  await expect(write(['secrets', 'sast'])).rejects.toMatchObject({ code: 'bundle_invalid' });
});

test('a report that was announced and is not there is no evidence', async () => {
  await result({ files: [SARIF] });
  await raw.remove(`${prefix}${SARIF.path}`);
  await expect(write(['secrets'])).rejects.toMatchObject({ code: 'object_not_found' });
});

test('the same issue from two tools is one finding', async () => {
  const place = { location: { path: 'a', start_line: 1, start_column: 1, end_line: 1, end_column: 2 } };
  const secret = (tool: string) => findingOf({ kind: 'secret', tool, rule: 'aws', ...place });
  await result({ findings: [secret('secrets')] });
  await result({ run: toolRun('gitleaks', { reports: [] }), findings: [secret('gitleaks')] });
  const { findings, assessment } = await write(['secrets', 'gitleaks']);
  expect(findings.map(({ sources }) => sources.map(({ tool }) => tool).sort())).toEqual([
    ['gitleaks', 'secrets'],
  ]);
  expect(FindingsDocument.parse(JSON.parse(await textOf(BUNDLE.findings))).findings).toEqual(findings);
  expect(assessment.counts.medium).toBe(1);
});

test('findings are held against the scan before this one', async () => {
  ask({ gateOn: 'new', thresholds: { high: 0 } });
  const [old, gone, fresh] = many('high', 3, { tool: 'secrets' }).map((finding, at) => ({
    ...finding,
    location: { path: `${at}.js`, start_line: 1, start_column: 1, end_line: 1, end_column: 1 },
    snippet: `line ${at}`,
  }));
  const baseline = { testId: 'test_ffffffffffff', findings: [old!, gone!] };
  await result({ findings: [old!] });
  expect((await write(['secrets'], { baseline })).assessment).toMatchObject({
    verdict: 'passed',
    baseline: baseline.testId,
    changes: { new: 0, unchanged: 1, moved: 0, fixed: 1 },
  });
  await result({ run: toolRun('secrets', { outcome: 'failed', reason: 'r', reports: [] }) });
  expect((await write(['secrets'], { baseline })).assessment.changes?.fixed).toBe(0); // nobody has looked
  await result({ findings: [old!, fresh!] });
  const { assessment, changeOf } = await write(['secrets'], { baseline });
  expect(assessment).toMatchObject({ verdict: 'failed', changes: { new: 1 } });
  expect([changeOf(old!), changeOf(fresh!)]).toEqual(['unchanged', 'new']);
  const harmless = { ...baseline, findings: [{ ...old!, severity: 'low' as const }] };
  await result({ findings: [old!] });
  const worse = await write(['secrets'], { baseline: harmless });
  expect(worse.assessment).toMatchObject({ verdict: 'failed', changes: { new: 0, unchanged: 1 } });
});

test('what people have decided moves the gate and is told in the bundle', async () => {
  ask({ thresholds: { high: 0 } });
  const [finding] = many('high', 1);
  await result({ findings: [finding!] });
  expect((await write(['secrets'])).assessment.verdict).toBe('failed');
  expect(await pathsThere()).not.toContain(BUNDLE.vex);
  const triage = [decided(finding!, { state: 'false_positive' })[1]];
  expect((await write(['secrets'], { triage })).assessment.verdict).toBe('passed');
  expect(await textOf(BUNDLE.vex)).toContain('not_affected');
});

test('what was decided holds on, scan after scan, when a file has got another folder', async () => {
  ask({ thresholds: { high: 0 } });
  const lying = (folder: string, number: number) => ({
    ...many('high', 1, { tool: 'secrets', snippet: 'eval(x)', rule: folder })[0]!,
    rule: 'js/eval',
    location: { path: `${folder}/a.js`, start_line: number, start_column: 1, end_line: 1, end_column: 1 },
  });
  const scan = async (found: Finding, before: readonly Finding[], triage: Triage[]) => {
    await result({ findings: [found] });
    return write(['secrets'], { baseline: { testId: 'test_ffffffffffff', findings: before }, triage });
  };
  const first = lying('old', 1);
  const triage = [decided(first, { state: 'false_positive' })[1]];
  const second = await scan(lying('new', 1), [first], triage);
  const third = await scan(lying('new', 1), second.findings, triage);
  const fourth = await scan(lying('newer', 1), third.findings, triage);
  const names = fourth.findings.map(({ former_fingerprints: former }) => former);
  expect(names).toEqual([[third.findings[0]?.fingerprint, first.fingerprint]]);
  for (const { assessment } of [second, third, fourth]) expect(assessment.verdict).toBe('passed');
  const changes = [second, third, fourth].map(({ assessment }) => assessment.changes);
  expect(changes).toMatchObject([{ moved: 1 }, { unchanged: 1 }, { moved: 1 }]);
  // what another issue was called once says nothing of this one
  expect((await scan(lying('new', 1), [], triage)).assessment.verdict).toBe('failed');
  const claimed = { ...lying('new', 1), former_fingerprints: [first.fingerprint] };
  expect((await scan(claimed, [], triage)).assessment.verdict).toBe('failed');
});

test('a finding keeps as many former names as it may, the newest ones', async () => {
  const [found] = many('high', 1, { tool: 'secrets' });
  const former = Array.from({ length: 50 }, (_, at) => fingerprintOf(`then ${at}`));
  const last = { tool: 'semgrep', rule: 'r', fingerprint: fingerprintOf('last') };
  const before = { ...found!, sources: [...found!.sources, last], former_fingerprints: former };
  await result({ findings: [found!] });
  const { findings } = await write(['secrets'], {
    baseline: { testId: 'test_ffffffffffff', findings: [before] },
  });
  expect(findings[0]?.former_fingerprints).toEqual([last.fingerprint, ...former.slice(0, 49)]);
});

describe('a privacy report', () => {
  const path = 'reports/privacy/privacy.sarif.json';
  const run = toolRun('privacy', { reports: [path] });
  const findings = [findingOf({ kind: 'privacy', severity: 'high' })];
  const profile = { tools: ['privacy'], thresholds: { high: 0 } };

  test('stays out of the bundle when the profile says so, and is gated all the same', async () => {
    ask({ ...profile, bundle: { includePrivacy: false } });
    await result({ run, findings, files: [{ ...SARIF, path }] });
    const { assessment } = await write(['privacy']);
    expect(await pathsThere()).not.toContain(path);
    expect(assessment).toMatchObject({ verdict: 'failed', tools: [{ reports: [] }] });
    expect(Object.values(assessment.artifacts)).not.toContain(path);
  });

  test('is there otherwise', async () => {
    ask(profile);
    await result({ run, findings, files: [{ ...SARIF, path }] });
    expect((await write(['privacy'])).assessment.artifacts).toMatchObject({ report_privacy: path });
    expect(await pathsThere()).toContain(path);
  });
});

test('rules see the components of the bill of materials', async () => {
  ask({ rules: [{ name: 'no GPL', deny: "components.exists(c, 'GPL-3.0-only' in c.licenses)" }] });
  const files = [{ path: BUNDLE.cyclonedx, mediaType: 'application/vnd.cyclonedx+json' }];
  const bill = (license: string) =>
    put(
      BUNDLE.cyclonedx,
      JSON.stringify({ components: [{ name: 'x', version: '1', licenses: [{ license: { id: license } }] }] }),
    );
  await result({ files });
  await bill('MIT');
  expect((await write(['secrets'])).assessment.verdict).toBe('passed');
  await bill('GPL-3.0-only');
  expect((await write(['secrets'])).assessment.verdict).toBe('failed');
});

test('what workflow history gets to keep is small however much was found', async () => {
  const long = 'x'.repeat(5000);
  const rules = Array.from({ length: 50 }, (_, at) => ({
    name: `r${at}`,
    deny: 'true',
    message: long.slice(0, 1000),
  }));
  ask({ rules, thresholds: { high: 0, medium: 0 } });
  await result({
    run: toolRun('secrets', { outcome: 'completed', reason: long, reports: Array(500).fill(SARIF.path) }),
    findings: many('high', 2000),
    files: [SARIF],
    notices: Array.from({ length: 3000 }, () => ({ code: 'binary', message: long, path: long })),
  });
  const { assessment } = await write(['secrets']);
  expect(JSON.stringify(assessment).length).toBeLessThan(100 * 1024);
  expect(assessment.violations.at(-1)).toBe('and 1 more in policy-result.json');
  expect(assessment.warnings.at(-1)?.message).toBe('and 2950 more in scan.json');
});
