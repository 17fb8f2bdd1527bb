// needs: postgres, temporal, cosign, gitleaks, osv-scanner, syft, bandit, semgrep, detect-secrets, checkov, ruff
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BUNDLE } from '../../../contracts/bundle.ts';
import type { FindingView } from '../../../contracts/finding-list.ts';
import type { ScanStatus } from '../../../contracts/scan.ts';
import { PREDICATE } from '../../../contracts/statements.ts';
import { BUILT_IN_TOOLS } from '../../../contracts/tools.ts';
import { ADVISORY, writeOsvDatabase } from '../../fixtures/planted/osv-database.ts';
import { plant, SECRETS } from '../../fixtures/planted/plant.ts';
import { cycloneDxFaults } from '../../unit/sbom/schemas.ts';
import { Repository } from './repository.ts';
import { Service } from './service.ts';

const SCANNERS = [
  'gitleaks',
  'detect-secrets',
  'semgrep',
  'bandit',
  'ruff',
  'osv-scanner',
  'syft',
  'checkov',
];
const PATH = SCANNERS.map((name) =>
  dirname(process.env[`CERTUS_${name.toUpperCase().replaceAll('-', '_')}`] as string),
).join(':');
const MINUTE = 60_000;

/** What is planted: what one of the tools calls it, where it stands, and which of them see it. */
const FAULTS: readonly [rule: string, path: string, line: number | null, tools: readonly string[]][] = [
  ['aws-access-token', 'deploy/aws.yaml', 2, ['secrets', 'gitleaks', 'detect-secrets']],
  ['github-pat', 'deploy/settings.env', 2, ['secrets', 'gitleaks', 'detect-secrets']],
  ['B602', 'src/shell.py', 6, ['sast', 'semgrep', 'bandit', 'ruff']],
  ['B301', 'src/shell.py', 10, ['sast', 'semgrep', 'bandit', 'ruff']],
  ['B608', 'tests/query_test.py', 2, ['sast', 'semgrep', 'bandit', 'ruff']],
  ['certus.js.sql-injection', 'src/query.js', 4, ['semgrep']],
  ['CKV_DOCKER_8', 'deploy/Dockerfile', 3, ['hygiene', 'checkov']],
  ['CKV_AWS_20', 'deploy/main.tf', 1, ['checkov']],
  [ADVISORY.id, 'package-lock.json', null, ['vulnerabilities', 'osv-scanner']],
];
/** Of a bucket there is more to say than that it is public, and all of it at its first line. */
const HAS_MORE_TO_SAY = 'deploy/main.tf';

let advisories: string;
let service: Service;
let repository: Repository;
let first: ScanStatus;
let found: FindingView[];

beforeAll(async () => {
  advisories = mkdtempSync(join(tmpdir(), 'certus-advisories-'));
  await writeOsvDatabase(advisories);
  service = await Service.start({ CERTUS_TOOL_PATH: PATH, CERTUS_ADVISORIES: advisories });
  expect(await service.certus('advisories', 'load', advisories)).toMatchObject({ code: 0 });
  repository = new Repository(join(service.its.home, 'planted'));
  await plant(repository.folder);
  const commit = repository.commit();
  first = await scan({ publish: true });
  expect(first).toMatchObject({ status: 'SUCCEEDED', commit, upload_status: 'uploaded' });
  found = await service.findings(first.test_id);
}, 3 * MINUTE);

afterAll(async () => {
  await service?.close();
  rmSync(advisories, { recursive: true, force: true });
}, MINUTE);

const profile = (name: string, tools: readonly string[]) => ({
  name,
  tools: tools.map((id) => ({ id, required: true })),
  thresholds: { critical: 0, high: 0 },
});
const scan = (more: object = {}): Promise<ScanStatus> =>
  service.scan({
    component_id: 'planted',
    git_url: repository.folder,
    profile: 'everything',
    manifest: {
      product: 'planted',
      version: '1',
      profiles: [profile('everything', [...BUILT_IN_TOOLS, ...SCANNERS]), profile('injections', ['semgrep'])],
    },
    publish: false,
    ...more,
  });

const ofRule = (findings: readonly FindingView[], name: string, path: string) =>
  findings.filter(
    ({ sources, identifiers, location }) =>
      location?.path === path && [...sources.map(({ rule }) => rule), ...identifiers].includes(name),
  );
const one = (findings: readonly FindingView[], name: string, path: string): FindingView => {
  const [only, ...others] = ofRule(findings, name, path);
  if (only === undefined || others.length > 0)
    throw new Error(`${name} was found ${others.length} times more`);
  return only;
};

describe('every planted fault is found, whatever the repository would like scanners to heed', () => {
  test('by tools that have all looked at everything', () => {
    const ran = first.tools.map(({ tool, outcome, reason }) => ({ tool, outcome, reason }));
    const expected = [...BUILT_IN_TOOLS, ...SCANNERS].sort();
    expect(ran).toEqual(expected.map((tool) => ({ tool, outcome: 'completed', reason: null })));
    expect(first.verdict).toBe('failed');
  });

  test.each(FAULTS)('%s in %s:%s is one finding of all who saw it', (rule, path, line, tools) => {
    const finding = one(found, rule, path);
    expect(finding.location?.start_line).toBe(line);
    expect(finding.sources.map(({ tool }) => tool).sort()).toEqual([...tools].sort());
    expect(finding.change).toBe('new');
    const there = found.filter(
      ({ location, kind }) =>
        location?.path === path && location.start_line === line && (line !== null || kind === finding.kind),
    );
    if (path !== HAS_MORE_TO_SAY) expect(there).toEqual([finding]);
  });

  test('and what is marked to be let through counts all the same', async () => {
    const policy = await service.policyOf(first.test_id);
    expect(policy.counted).toEqual(policy.counts);
    expect(policy.set_aside).toEqual({ false_positive: 0, accepted: 0, suppressed: 0, not_new: 0 });
    expect(policy).toMatchObject({ baseline: null, changes: null });
  });
});

describe('its evidence', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await service.its.download({ ...service.its.newScan(), testId: first.test_id });
  });
  const read = (path: string) => JSON.parse(readFileSync(join(folder, path), 'utf8'));

  test('holds all findings as SARIF, each by its name of tomorrow', () => {
    const sarif = read(BUNDLE.sarif);
    expect(sarif).toMatchObject({ version: '2.1.0', $schema: expect.stringContaining('sarif') });
    const results = sarif.runs.flatMap((run: { results: object[] }) => run.results);
    expect(results).toHaveLength(found.length);
    const names = results.flatMap((result: { partialFingerprints: Record<string, string> }) =>
      Object.values(result.partialFingerprints),
    );
    expect([...names].sort()).toEqual(found.map(({ fingerprint }) => fingerprint).sort());
    for (const { tool, results: own } of sarif.runs) {
      const rules = tool.driver.rules.map(({ id }: { id: string }) => id);
      for (const { ruleId, message, level } of own) {
        expect(rules).toContain(ruleId);
        expect(message.text).toEqual(expect.any(String));
        expect(['error', 'warning', 'note', 'none']).toContain(level);
      }
    }
  });

  test('holds bills of material that name the component, valid by the schema', async () => {
    const bill = read(BUNDLE.cyclonedx);
    expect(await cycloneDxFaults(bill)).toEqual([]);
    const lodash = { name: 'lodash', version: '4.17.15' };
    expect(bill.components).toContainEqual(expect.objectContaining(lodash));
    expect(read(BUNDLE.spdx)).toMatchObject({
      spdxVersion: 'SPDX-2.3',
      packages: expect.arrayContaining([expect.objectContaining({ name: 'lodash', versionInfo: '4.17.15' })]),
    });
    expect(read('reports/sbom/syft.cdx.json').components).toContainEqual(expect.objectContaining(lodash));
  });

  test('shows no secret in any of its files, nor does anything that was logged', async () => {
    const files = await service.bundle(first.test_id);
    expect(files.size).toBeGreaterThan(20);
    const everything = [
      ...files.values(),
      service.log(),
      JSON.stringify(await service.events(first.test_id)),
    ];
    expect(everything.join('\n')).toContain('deploy/settings.env');
    for (const secret of Object.values(SECRETS)) expect(everything.join('\n').includes(secret)).toBe(false);
  });

  test('is verified by the command and by cosign, and refused by both when a byte is changed', async () => {
    const cosign = () =>
      spawnSync(process.env.CERTUS_COSIGN ?? '', [
        ...['verify-blob-attestation', '--key', service.its.keys.publicKeyFiles.evidence],
        ...['--bundle', join(folder, BUNDLE.provenance), '--type', PREDICATE.provenance],
        ...['--insecure-ignore-tlog', join(folder, BUNDLE.index)],
      ]).status;
    const verify = () => service.certus('verify', folder, '--keys', service.its.common.CERTUS_KEY_SET_FILE);
    expect(await verify()).toMatchObject({ code: 0 });
    expect(cosign()).toBe(0);
    appendFileSync(join(folder, BUNDLE.index), ' ');
    expect((await verify()).code).not.toBe(0);
    expect(cosign()).not.toBe(0);
  });
});

describe('when its lines have moved', () => {
  const ACCEPTED = ['CKV_AWS_20', 'deploy/main.tf'] as const;
  const FALSE = ['B608', 'tests/query_test.py'] as const;
  let second: ScanStatus;
  let moved: FindingView[];

  const decide = (state: string, [rule, path]: readonly [string, string], more: object = {}) =>
    service.ask('/v1/triage', {
      workspace_id: service.workspace,
      component_id: 'planted',
      fingerprints: [one(found, rule, path).fingerprint],
      state,
      reason: 'looked at it',
      actor: 'reviewer',
      ...more,
    });

  beforeAll(async () => {
    const until = new Date(Date.now() + 3_600_000).toISOString();
    expect(await decide('false_positive', FALSE)).toMatchObject({ status: 201 });
    expect(await decide('accepted', ACCEPTED, { until })).toMatchObject({ status: 201 });
    for (const path of new Set(FAULTS.flatMap(([, path, line]) => (line === null ? [] : [path])))) {
      const mark = path.endsWith('.js') ? '//' : '#';
      repository.write(path, `${mark} one line more\n${mark} and another\n${repository.read(path)}`);
    }
    repository.commit();
    second = await scan();
    moved = await service.findings(second.test_id);
  }, 2 * MINUTE);

  test('nothing is new, nothing is fixed', () => {
    const changed = moved.filter(({ change }) => change === 'new').map(({ rule }) => rule);
    expect(changed).toEqual([]);
    expect(second).toMatchObject({ status: 'SUCCEEDED', baseline_test_id: first.test_id });
    expect(second.changes).toMatchObject({ new: 0, fixed: 0 });
    expect(second.changes?.moved).toBeGreaterThanOrEqual(FAULTS.length - 1);
    expect(moved).toHaveLength(found.length);
  });

  test.each(FAULTS)('%s in %s:%s is known again at its new place', (rule, path, line) => {
    const [before, now] = [one(found, rule, path), one(moved, rule, path)];
    expect(now.fingerprint).toBe(before.fingerprint);
    expect(now.change).toBe(line === null ? 'unchanged' : 'moved');
    expect(now.location?.start_line).toBe(line === null ? null : line + 2);
  });

  test('what was decided about them holds, and is told as it was', async () => {
    const { set_aside, counts, counted } = await service.policyOf(second.test_id);
    expect(set_aside).toEqual({ false_positive: 1, accepted: 1, suppressed: 0, not_new: 0 });
    expect(total(counts) - total(counted)).toBe(2);
    expect(one(moved, ...FALSE).triage).toMatchObject({ state: 'false_positive', actor: 'reviewer' });
    expect(one(moved, ...ACCEPTED).triage).toMatchObject({ state: 'accepted', reason: 'looked at it' });
    const vex = JSON.parse(await service.artifact(second.test_id, BUNDLE.vex));
    expect(vex['@context']).toBe('https://openvex.dev/ns/v0.2.0');
    const statuses = vex.statements.map(({ status }: { status: string }) => status).sort();
    expect(statuses).toEqual(['affected', 'not_affected']);
    expect(first.artifacts).not.toHaveProperty('vex');
  });

  test(
    'one that is mended is fixed, and what only others could have seen is not called so',
    async () => {
      repository.write(
        'src/query.js',
        repository
          .read('src/query.js')
          .replace(/query\(.*\)/, "query('SELECT * FROM users WHERE name = $1', [name])"),
      );
      repository.commit();
      const third = await scan({ profile: 'injections' });
      expect(third.changes).toMatchObject({ new: 0, moved: 0, fixed: 1 });
      const { base_test_id, findings } = await service.get(
        `/v1/security-scans/${third.test_id}/diff?change=fixed`,
      );
      expect(base_test_id).toBe(second.test_id);
      expect(findings).toEqual([
        expect.objectContaining({ rule: 'certus.js.sql-injection', change: 'fixed' }),
      ]);
    },
    MINUTE,
  );
});

const total = (counts: object): number => Object.values(counts).reduce((sum, count) => sum + count, 0);
