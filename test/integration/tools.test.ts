// needs: gitleaks, osv-scanner, syft, bandit, semgrep, detect-secrets, checkov, ruff

import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Tool } from '../../contracts/tools.ts';
import { ADVISORY, writeOsvDatabase } from '../fixtures/planted/osv-database.ts';
import { plant, SECRETS } from '../fixtures/planted/plant.ts';
import { type Told, Workshop } from '../unit/tools/tool-harness.ts';

const NAMES = ['GITLEAKS', 'OSV_SCANNER', 'SYFT', 'BANDIT', 'SEMGREP', 'DETECT_SECRETS', 'CHECKOV', 'RUFF'];
const path = NAMES.map((name) => dirname(process.env[`CERTUS_${name}`] as string)).join(':');

let shop: Workshop;

beforeAll(async () => {
  shop = new Workshop({ path });
  await plant(shop.tree);
  await writeOsvDatabase(shop.means.cache);
});
afterAll(() => shop.remove());

/** Where the tool's findings stand, by their rules. */
async function found(tool: Tool): Promise<{ told: Told; places: string[] }> {
  const told = await shop.run(tool);
  expect(told.run).toMatchObject({ outcome: 'completed', reason: null });
  expect(told.run.version).toMatch(/^\d+\.\d+\.\d+$/);
  const places = told.result.findings.map(
    ({ rule, location }) => `${rule} ${location?.path}:${location?.start_line}`,
  );
  return { told, places };
}

describe('real scanners find what is planted, whatever the repository would like them to heed', () => {
  test('gitleaks: secrets, once each, and shows none', async () => {
    const { told, places } = await found('gitleaks');
    expect(places.sort()).toEqual(['aws-access-token deploy/aws.yaml:2', 'github-pat deploy/settings.env:2']);
    await expectNoSecret(told);
  });

  test('detect-secrets: secrets, and shows none, not even as a digest', async () => {
    const { told, places } = await found('detect-secrets');
    expect(places.sort()).toEqual(['AWS Access Key deploy/aws.yaml:2', 'GitHub Token deploy/settings.env:2']);
    await expectNoSecret(told);
    expect(await told.report(told.run.reports[0] as string)).not.toMatch(/hashed_secret/);
  });

  test('semgrep with the rules we ship: injections and unsafe deserialisation', async () => {
    const { places } = await found('semgrep');
    expect(places.sort()).toEqual([
      'certus.js.sql-injection src/query.js:4',
      'certus.python.shell-command src/shell.py:6',
      'certus.python.sql-injection tests/query_test.py:2',
      'certus.python.unsafe-deserialisation src/shell.py:10',
    ]);
  });

  test('semgrep with a rule of the repository besides', async () => {
    shop.file(
      'rules/own.yaml',
      'rules: [{ id: own, languages: [python], severity: WARNING, message: imports, pattern: import pickle }]',
    );
    const told = await shop.run('semgrep', { config: { rules: ['rules/own.yaml'] } });
    expect(told.result.findings).toContainEqual(
      expect.objectContaining({
        rule: 'own',
        location: expect.objectContaining({ path: 'src/shell.py', start_line: 1 }),
      }),
    );
    expect(told.run.findings).toBe(5);
  });

  test('bandit: the shell and the pickle', async () => {
    const { places } = await found('bandit');
    expect(places).toEqual(
      expect.arrayContaining(['B602 src/shell.py:6', 'B301 src/shell.py:10', 'B608 tests/query_test.py:2']),
    );
  });

  test('ruff: the same by its security rules alone', async () => {
    const { places } = await found('ruff');
    expect(places.sort()).toEqual([
      'S301 src/shell.py:10',
      'S602 src/shell.py:6',
      'S608 tests/query_test.py:2',
    ]);
  });

  test('checkov: the container of root and the public bucket', async () => {
    const { places } = await found('checkov');
    expect(places).toEqual(
      expect.arrayContaining(['CKV_DOCKER_8 deploy/Dockerfile:3', 'CKV_AWS_20 deploy/main.tf:1']),
    );
  });

  test('osv-scanner: the vulnerable package, by a local database whose age is told', async () => {
    const { told } = await found('osv-scanner');
    expect(told.result.findings).toEqual([
      expect.objectContaining({
        kind: 'vulnerability',
        severity: 'high',
        package: expect.objectContaining({ name: 'lodash', version: '4.17.15' }),
        identifiers: expect.arrayContaining([ADVISORY.id, ...ADVISORY.aliases]),
        location: expect.objectContaining({ path: 'package-lock.json' }),
      }),
    ]);
    expect(told.run.data).toMatchObject({ name: 'OSV', updated_at: expect.any(String) });
  });

  test('syft: the components', async () => {
    const { told } = await found('syft');
    const bill = JSON.parse(await told.report('reports/sbom/syft.cdx.json'));
    expect(bill).toMatchObject({ bomFormat: 'CycloneDX' });
    expect(bill.components).toContainEqual(expect.objectContaining({ name: 'lodash', version: '4.17.15' }));
  });
});

describe('osv-scanner, which calls clean what it knows nothing of', () => {
  async function withDatabaseOfNpm(lockfiles: readonly [path: string, text: string][]): Promise<Told['run']> {
    const other = new Workshop({ path });
    try {
      for (const [name, text] of lockfiles) other.file(name, text);
      await writeOsvDatabase(other.means.cache);
      return (await other.run('osv-scanner')).run;
    } finally {
      await other.remove();
    }
  }
  const cargo = '[[package]]\nname = "time"\nversion = "0.1.42"\nsource = "registry+https://github.com/x"\n';
  const npm = JSON.stringify({
    lockfileVersion: 3,
    packages: { 'node_modules/lodash': { version: '4.17.15' } },
  });

  test('has failed without any advisories of what the source uses', async () => {
    expect(await withDatabaseOfNpm([['Cargo.lock', cargo]])).toMatchObject({
      outcome: 'failed',
      exit_code: 127,
    });
  });

  test('has failed when it has advisories of a part only', async () => {
    const lockfiles: [string, string][] = [
      ['Cargo.lock', cargo],
      ['package-lock.json', npm],
    ];
    expect(await withDatabaseOfNpm(lockfiles)).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('could not load db for crates.io'),
    });
    expect(await withDatabaseOfNpm(lockfiles.slice(1))).toMatchObject({ outcome: 'completed', findings: 1 });
  });
});

async function expectNoSecret({ result, run, report }: Told): Promise<void> {
  const kept = [
    JSON.stringify(result),
    JSON.stringify(shop.events),
    ...(await Promise.all(run.reports.map(report))),
  ];
  for (const secret of Object.values(SECRETS)) expect(kept.join('\n')).not.toContain(secret);
}
