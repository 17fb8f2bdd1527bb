import { describe, expect, test } from '@jest/globals';
import { BUNDLE, type BundleFile, BundleIndex, ScanDocument } from '../../../contracts/bundle.ts';
import { ComplianceDocument } from '../../../contracts/compliance.ts';
import { FindingsDocument } from '../../../contracts/finding.ts';
import { Manifest } from '../../../contracts/manifest.ts';
import type { ScanEvent } from '../../../contracts/scan-event.ts';
import { artifactNames } from '../../../domain/bundle/artifact-names.ts';
import { bundleIndex } from '../../../domain/bundle/bundle-index.ts';
import { type BundleFacts, composeBundle } from '../../../domain/bundle/compose-bundle.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { bundleFacts } from './bundle-fixture.ts';
import { findingOf, fingerprintOf } from './finding-fixture.ts';
import { decided, judge, many } from './gate-fixture.ts';
import { toolRun } from './tool-run-fixture.ts';

const filesOf = (facts: BundleFacts): Map<string, string> =>
  new Map(composeBundle(facts).documents.map(({ path, chunks }) => [path, [...chunks()].join('')]));
const jsonOf = (facts: BundleFacts, path: string): unknown => JSON.parse(filesOf(facts).get(path) ?? 'none');

describe('the same facts', () => {
  test('give the same bytes', () => {
    expect(filesOf(bundleFacts())).toEqual(filesOf(bundleFacts()));
  });

  test.each<[string, string, Partial<BundleFacts>]>([
    ['the time', BUNDLE.summary, { completedAt: '2026-06-01T11:02:00.001Z' }],
    ['what was skipped', BUNDLE.scan, { warnings: [{ code: 'symlink', message: 'm', path: 'p' }] }],
    ['a finding', BUNDLE.findings, { findings: many('high', 2) }],
    ['a tool', BUNDLE.sarif, { tools: [toolRun('secrets', { outcome: 'failed', reason: 'r' })] }],
    ['the verdict', BUNDLE.policyResult, { judgement: judge([], {}, { toolRuns: [] }) }],
    ['the verdict', BUNDLE.summaryPage, { judgement: judge([], {}, { toolRuns: [] }) }],
  ])('but %s makes another %s', (_, path, change) => {
    expect(filesOf(bundleFacts(change)).get(path)).not.toBe(filesOf(bundleFacts()).get(path));
  });
});

describe('scan.json', () => {
  test('says what was scanned', () => {
    const scan = ScanDocument.parse(jsonOf(bundleFacts(), BUNDLE.scan));
    expect(scan).toMatchObject({
      provenance_id: 'a'.repeat(40),
      source: 'https://git.example/shop',
      git_url: 'https://git.example/shop',
      verdict: 'passed',
      directory_path: null,
      tools: [{ tool: 'secrets' }, { tool: 'sast' }],
    });
  });

  test('knows a folder by its content', () => {
    const { input, checkout } = bundleFacts();
    const facts = bundleFacts({
      input: { ...input, source: { type: 'directory', path: '/srv/shop' } },
      checkout: { ...checkout, commit: null, branch: null },
    });
    expect(jsonOf(facts, BUNDLE.scan)).toMatchObject({
      provenance_id: 'b'.repeat(64),
      git_url: null,
      git_commit: null,
      directory_path: '/srv/shop',
    });
  });
});

test('findings.json has a line a finding, and findings.sarif has them all', () => {
  const findings = many('high', 3, { message: 'two\nlines' });
  const facts = bundleFacts({ findings });
  const text = filesOf(facts).get(BUNDLE.findings) ?? '';
  expect(FindingsDocument.parse(JSON.parse(text)).findings).toEqual(findings);
  expect(text.split('\n').filter((line) => line.startsWith('{"fingerprint"'))).toHaveLength(3);
  const sarif = jsonOf(facts, BUNDLE.sarif) as { runs: { results: unknown[] }[] };
  expect(sarif.runs.flatMap(({ results }) => results)).toHaveLength(3);
});

test('no findings are a list of none', () => {
  expect(jsonOf(bundleFacts({ findings: [] }), BUNDLE.findings)).toEqual({
    schema: 'https://certus.dev/findings/v1',
    findings: [],
  });
});

test('manifest-info.json shows the profile as it was asked for and as it was found', () => {
  expect(jsonOf(bundleFacts(), BUNDLE.manifestInfo)).toEqual({
    product: 'Shop',
    version: '1',
    profile_requested: 'Light',
    profile_resolved: 'light',
    tools_selected: ['secrets', 'sast'],
    manifest_digest: 'c'.repeat(64),
    manifest_signed_by: null,
    unsupported_manifest_tools: [],
    policy_thresholds: { high: 0 },
    requires_stack: false,
  });
});

test('summary.json says who ran, and who did not and why', () => {
  const tools = [
    toolRun('secrets'),
    toolRun('trivy', { outcome: 'not_available', reason: 'no such program' }),
  ];
  expect(jsonOf(bundleFacts({ tools }), BUNDLE.summary)).toMatchObject({
    generated_at: '2026-06-01T11:02:00.000Z',
    bundle_id: 'test_0123456789ab',
    verdict: 'passed',
    executed: ['secrets'],
    skipped: [{ tool: 'trivy', outcome: 'not_available', reason: 'no such program' }],
  });
});

test('the stream is kept as it was sent, the log without what moves a cursor', () => {
  const events: ScanEvent[] = [
    { seq: 1, type: 'tool_start', timestamp: 1780311660, tool: 'bandit', command: 'bandit -r .' },
    {
      seq: 2,
      type: 'log',
      timestamp: 1780311660.5,
      tool: 'bandit',
      stream: 'stderr',
      line: 'a\u001b[2J\r\nb',
    },
  ];
  const files = filesOf(bundleFacts({ events }));
  expect(
    files
      .get(BUNDLE.stream)
      ?.trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual(events);
  expect(files.get(BUNDLE.log)).toBe(
    '2026-06-01T11:01:00.000Z tool_start tool=bandit command=bandit -r .\n' +
      '2026-06-01T11:01:00.500Z bandit stderr: a [2J b\n',
  );
});

describe('compliance.json', () => {
  const manifest = Manifest.parse({
    product: 'Shop',
    version: '1',
    profiles: [{ name: 'light', tools: ['secrets'] }],
    compliance: [
      {
        name: 'SOC 2',
        controls: [
          {
            framework: 'SOC 2',
            controlId: 'CC6.1',
            tests: [
              { name: 't', evidence: ['summary.html', 'findings.sarif', 'reports/sast/sast.sarif.json'] },
            ],
          },
        ],
      },
    ],
  });

  test('is there when the manifest names controls, and knows the bundle', () => {
    const facts = bundleFacts({ manifest: { manifest, digest: 'c'.repeat(64), signedBy: null } });
    expect(ComplianceDocument.parse(jsonOf(facts, BUNDLE.compliance)).outcomes[0]?.outcome).toBe('passed');
  });

  test('is not when it does not', () => {
    expect(filesOf(bundleFacts()).has(BUNDLE.compliance)).toBe(false);
  });
});

test('decisions in force are told as OpenVEX, open questions are none', () => {
  const finding = findingOf({ identifiers: ['CVE-2024-1'] });
  const facts = (state: 'open' | 'false_positive') =>
    bundleFacts({ findings: [finding], triage: [decided(finding, { state })[1]] });
  expect(filesOf(facts('open')).has(BUNDLE.vex)).toBe(false);
  expect(jsonOf(facts('false_positive'), BUNDLE.vex)).toMatchObject({
    statements: [{ vulnerability: { name: 'CVE-2024-1' }, status: 'not_affected' }],
  });
  const former = fingerprintOf('former');
  const [, decision] = decided(finding, { state: 'false_positive', fingerprint: former });
  const reopened = bundleFacts({
    findings: [{ ...finding, former_fingerprints: [former] }],
    triage: [decided(finding, { state: 'open' })[1], decision],
  });
  expect(jsonOf(reopened, BUNDLE.vex)).toMatchObject({ statements: [{ status: 'under_investigation' }] });
});

describe('the index', () => {
  const { input } = bundleFacts();
  const file = (path: string): BundleFile => ({
    path,
    sha256: fingerprintOf(path),
    size: 1,
    media_type: 'application/json',
  });

  test('is in order, is what its schema says, and its digest is that of its bytes', () => {
    const { index, bytes, digest } = bundleIndex(input, [file('b.json'), file('a.json')]);
    expect(index.files.map(({ path }) => path)).toEqual(['a.json', 'b.json']);
    expect(BundleIndex.parse(JSON.parse(Buffer.from(bytes).toString('utf8')))).toEqual(index);
    expect(sha256(bytes)).toBe(digest);
  });

  test.each(['../a.json', '/a.json', 'a b.json', 'a//b', '.hidden'])('refuses a file called %s', (path) => {
    expect(() => bundleIndex(input, [file(path)])).toThrow(
      expect.objectContaining({ code: 'bundle_invalid' }),
    );
  });
});

test('every artifact a client is told of is in the bundle, or is its attestation', () => {
  const facts = bundleFacts();
  const paths = new Set([...filesOf(facts).keys(), ...facts.toolPaths]);
  const names = artifactNames(paths, facts.tools);
  expect(Object.values(names).filter((path) => !paths.has(path))).toEqual([BUNDLE.provenance]);
  expect(names).toMatchObject({
    summary: 'summary.json',
    summary_html: 'summary.html',
    manifest_info: 'manifest-info.json',
    manifest_json: 'manifest.json',
    sarif: 'findings.sarif',
    policy_result: 'policy-result.json',
    report_sast: 'reports/sast/sast.sarif.json',
  });
  expect(names).not.toHaveProperty('report_secrets');
});
