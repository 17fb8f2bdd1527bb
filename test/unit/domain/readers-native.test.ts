import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { fingerprinted } from '../../../domain/finding/fingerprint.ts';
import { merge } from '../../../domain/finding/merge/merge.ts';
import { readReport } from '../../../domain/finding/readers/read-report.ts';
import { REPORT_FORMATS, type ReportFormat } from '../../../domain/finding/readers/report-format.ts';

const FOLDER = 'test/fixtures/reports';
const ROOT = '/build/shop';
const read = (format: ReportFormat, file: string, tool: string = format) =>
  readReport(format, readFileSync(`${FOLDER}/${file}`), { tool, root: ROOT });
const shown = (format: ReportFormat, file: string, tool?: string) =>
  read(format, file, tool).drafts.map(
    ({ kind, rule, severity, location }) =>
      `${kind} ${rule} ${severity} ${location?.path}:${location?.start_line}`,
  );

describe('what the tools really write is read whole', () => {
  test('bandit', () => {
    expect(shown('bandit', 'bandit.json')).toEqual([
      'code B403 low app/main.py:1',
      'secret B105 low app/main.py:4',
      'secret B105 low app/main.py:6',
      'code B602 high app/main.py:9',
      'code B301 medium app/main.py:12',
      'code B324 high app/main.py:15',
      'code B608 medium app/main.py:18',
    ]);
    expect(read('bandit', 'bandit.json').drafts[3]).toMatchObject({
      source_severity: 'HIGH',
      confidence: 'high',
      identifiers: ['CWE-78'],
      snippet: '    subprocess.call("ls " + cmd, shell=True)',
      location: { start_column: 5, end_column: 45 },
    });
  });

  test('bandit says the same in SARIF, and gives it the same name', () => {
    const names = (format: ReportFormat, file: string) =>
      fingerprinted(read(format, file, 'bandit').drafts).map(({ fingerprint }) => fingerprint);
    expect(names('sarif', 'bandit.sarif.json')).toEqual(names('bandit', 'bandit.json'));
  });

  test('detect-secrets: an object of lists, and one finding a secret', () => {
    expect(shown('detect-secrets', 'detect-secrets.json')).toEqual([
      'secret Secret Keyword medium app/main.py:4',
      'secret AWS Access Key high app/main.py:5',
      'secret GitHub Token high app/main.py:6',
      'secret AWS Access Key high config.yml:2',
    ]);
    expect(read('detect-secrets', 'detect-secrets.json').toolVersion).toBe('1.5.0');
  });

  test('checkov: a severity of null is medium, and paths lose their slash', () => {
    expect(shown('checkov', 'checkov.json')).toEqual(
      expect.arrayContaining([
        'config CKV_DOCKER_8 medium Dockerfile:3',
        'secret CKV_SECRET_2 medium config.yml:2',
        'config CKV_AWS_20 medium infra/main.tf:1',
      ]),
    );
    expect(shown('checkov', 'checkov.json')).toHaveLength(13);
    expect(read('checkov', 'checkov.json').toolVersion).toBe('3.3.30');
  });

  test('checkov: what a whole file lacks has no line, so that it stays the same when its first one changes', () => {
    const { drafts } = read('checkov', 'checkov.json');
    const lacks = drafts.find(({ rule }) => rule === 'CKV_DOCKER_2');
    expect(lacks).toMatchObject({ location: { path: 'Dockerfile', start_line: null }, snippet: null });
    const said = drafts.find(({ rule }) => rule === 'CKV_DOCKER_7');
    expect(said).toMatchObject({ location: { start_line: 1, end_line: 1 } });
  });

  test('ruff: its rules weigh what they weigh in bandit', () => {
    expect(shown('ruff', 'ruff.json')).toEqual([
      'secret S105 low app/main.py:4',
      'secret S105 low app/main.py:6',
      'code S602 high app/main.py:9',
      'code S301 medium app/main.py:12',
      'code S324 high app/main.py:15',
      'code S608 medium app/main.py:18',
      'code S307 medium app/main.py:21',
    ]);
  });

  test('osv-scanner: two advisories of one group are one finding', () => {
    const { drafts } = read('osv-scanner', 'osv-scanner.json');
    expect(drafts).toHaveLength(1);
    expect(drafts[0]).toMatchObject({
      kind: 'vulnerability',
      rule: 'CVE-2018-18074',
      severity: 'high',
      score: 7.5,
      identifiers: ['CVE-2018-18074', 'CWE-522', 'GHSA-x84v-xcm2-53pg', 'PYSEC-2018-28'],
      package: { name: 'requests', version: '2.19.0', purl: 'pkg:pypi/requests@2.19.0' },
      fix: 'Upgrade requests to 2.20.0',
      location: { path: 'requirements.txt', start_line: null },
    });
  });

  test('trivy: all four kinds, and an unknown severity is not taken lightly', () => {
    expect(shown('trivy', 'trivy.json')).toEqual([
      'vulnerability CVE-2021-23337 high app/package-lock.json:null',
      'vulnerability CVE-2099-0001 medium app/package-lock.json:null',
      'vulnerability CVE-2024-0001 critical undefined:undefined',
      'config AVD-DS-0002 high Dockerfile:3',
      'secret aws-secret-access-key critical config.yml:2',
      'license GPL-3.0-only high app/package.json:null',
    ]);
    expect(read('trivy', 'trivy.json').toolVersion).toBe('0.58.1');
  });

  test('grype: what is ignored is suppressed, not gone', () => {
    const [first, ignored] = read('grype', 'grype.json').drafts;
    expect(first).toMatchObject({ rule: 'CVE-2021-23337', severity: 'high', score: 7.2, suppressed: null });
    expect(first?.location?.path).toBe('app/package-lock.json');
    expect(ignored?.suppressed).toEqual({ kind: 'external', justification: 'not reachable' });
  });

  test('retire.js, and what it could not read', () => {
    expect(shown('retire-js', 'retire-js.json')).toEqual([
      'vulnerability CVE-2012-6708 medium web/jquery.min.js:null',
    ]);
    expect(read('retire-js', 'retire-js.json').problems).toEqual([
      { code: 'not_searched', message: 'could not read web/big.js' },
    ]);
  });

  test('ZAP: one finding an alert, without the queries it attacked with', () => {
    const { drafts } = read('zap', 'zap.json', 'dast');
    expect(drafts[0]).toMatchObject({
      kind: 'dast',
      severity: 'medium',
      confidence: 'high',
      message: 'CSP is an added layer.',
      fix: 'Set it.',
      identifiers: ['CWE-693'],
      location: { path: 'https://shop.example' },
    });
    expect(drafts[0]?.related_locations.map(({ path }) => path)).toEqual([
      'https://shop.example/a',
      'https://shop.example/b',
    ]);
    expect(drafts[1]?.suppressed).toMatchObject({ kind: 'external' });
  });

  test('eslint: a file that does not parse is told, and a disabled rule is suppressed', () => {
    const { drafts, problems } = read('eslint', 'eslint.json', 'eslint-security');
    expect(drafts.map(({ severity, snippet }) => [severity, snippet])).toEqual([
      ['high', 'eval(x);'],
      ['medium', 'exec(y);'],
    ]);
    expect(drafts[1]?.suppressed).toEqual({ kind: 'in_source', justification: 'constant' });
    expect(problems).toMatchObject([{ code: 'not_searched', path: 'src/broken.js' }]);
  });
});

test('none of the planted secrets is left in any draft', () => {
  const all = JSON.stringify([
    read('bandit', 'bandit.json'),
    read('sarif', 'bandit.sarif.json', 'bandit'),
    read('sarif', 'gitleaks.sarif.json', 'gitleaks'),
    read('sarif', 'semgrep.sarif.json', 'semgrep'),
    read('trivy', 'trivy.json'),
    read('detect-secrets', 'detect-secrets.json'),
    read('checkov', 'checkov.json'),
  ]);
  for (const secret of ['hunter2-swordfish', 'AKIAQ3EG', 'ghp_0aB1', 'wJalrXUt', 'b414103145', 'd550dbc2'])
    expect(all).not.toContain(secret);
});

test('what several tools found is there once, each of them among its sources', () => {
  const reports = [
    read('sarif', 'semgrep.sarif.json', 'semgrep'),
    read('bandit', 'bandit.json'),
    read('ruff', 'ruff.json'),
    read('sarif', 'gitleaks.sarif.json', 'gitleaks'),
    read('detect-secrets', 'detect-secrets.json'),
    read('checkov', 'checkov.json'),
    read('trivy', 'trivy.json'),
    read('grype', 'grype.json'),
  ].map(({ drafts }) => fingerprinted(drafts));
  const seen = new Map(
    merge(reports).map(({ location, rule, sources }) => [
      `${location?.path}:${location?.start_line} ${rule}`,
      sources.map(({ tool }) => tool).join('+'),
    ]),
  );
  expect(seen.get('app/main.py:9 shell-true')).toBe('semgrep+bandit+ruff');
  expect(seen.get('app/main.py:6 github-pat')).toBe('gitleaks+detect-secrets+semgrep+bandit+ruff');
  expect(seen.get('config.yml:2 generic-api-key')).toBe('gitleaks+detect-secrets+trivy+checkov');
  expect(seen.get('app/package-lock.json:null CVE-2021-23337')).toBe('trivy+grype');
  expect(seen.get('app/main.py:1 B403')).toBe('bandit');
});

describe('a report that is none is an error, never "nothing found"', () => {
  const native = REPORT_FORMATS.filter((format) => format !== 'sarif');
  test.each(native)('%s', (format) => {
    for (const text of ['', '{', 'null', '"x"', '7', '{"unlike":[]}'])
      expect(() => readReport(format, Buffer.from(text), { tool: 't' })).toThrow(
        expect.objectContaining({ code: 'report_invalid' }),
      );
  });

  test.each([
    '',
    '[]',
    '{"version":"2.0.0","runs":[]}',
    '{"version":"2.1.0"}',
    '{"version":"2.1.0","runs":[]}',
  ])('sarif %s', (text) => {
    expect(() => readReport('sarif', Buffer.from(text), { tool: 't' })).toThrow(
      expect.objectContaining({ code: 'report_invalid' }),
    );
  });
});

test('an entry that cannot be understood costs itself only', () => {
  const good = { test_id: 'B1', filename: 'a.py', issue_text: 'm', line_number: 1 };
  const report = Buffer.from(JSON.stringify({ results: [null, good, 7, { test_id: 'B2' }] }));
  const { drafts, problems } = readReport('bandit', report, { tool: 'bandit' });
  expect(drafts).toHaveLength(1);
  expect(problems.map(({ code, path }) => `${code} ${path}`)).toEqual([
    'malformed_result results[0]',
    'malformed_result results[2]',
    'malformed_result results[3]',
  ]);
});

test('a list of components holds no findings', () => {
  const bill = Buffer.from('{"bomFormat":"CycloneDX","specVersion":"1.6","components":[]}');
  expect(readReport('cyclonedx', bill, { tool: 'syft' }).drafts).toEqual([]);
});
