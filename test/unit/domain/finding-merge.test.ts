import { describe, expect, test } from '@jest/globals';
import type { Finding } from '../../../contracts/finding.ts';
import type { FindingDraft } from '../../../domain/finding/draft.ts';
import { fingerprinted } from '../../../domain/finding/fingerprint.ts';
import { merge } from '../../../domain/finding/merge/merge.ts';
import { aDraft, at } from './finding-examples.ts';

const report = (...drafts: Partial<FindingDraft>[]): Finding[] => fingerprinted(drafts.map(aDraft));
const sources = (findings: Finding[]) =>
  findings.map((finding) => finding.sources.map(({ tool }) => tool).join('+')).sort();

describe('code is one finding', () => {
  const one = { tool: 'semgrep', rule: 'a', identifiers: ['CWE-78'], snippet: 'one' };
  const other = { tool: 'bandit', rule: 'B602', identifiers: ['CWE-78'], snippet: 'other' };
  test.each([
    ['with a weakness in common', {}, ['semgrep+bandit']],
    ['where the lines overlap', { location: { ...at('a.py', 1), end_line: 5 } }, ['semgrep+bandit']],
    ['but not with another weakness', { identifiers: ['CWE-79'] }, ['bandit', 'semgrep']],
    ['but not without any', { identifiers: [] }, ['bandit', 'semgrep']],
    ['but not in another line', { location: at('a.py', 3) }, ['bandit', 'semgrep']],
    ['but not in another file', { location: at('b.py', 2) }, ['bandit', 'semgrep']],
    ['but not without a line', { location: at('a.py', null) }, ['bandit', 'semgrep']],
    [
      'but not when one means the whole function',
      { location: { ...at('a.py', 1), end_line: 400 } },
      ['bandit', 'semgrep'],
    ],
    ['but not when it is of another kind', { kind: 'secret' as const }, ['bandit', 'semgrep']],
  ])('%s', (_, more, expected) => {
    expect(sources(merge([report(one), report({ ...other, ...more })]))).toEqual(expected);
  });

  test('by the rules that ruff has from bandit', () => {
    const pair = (rule: string) =>
      merge([report({ tool: 'ruff', rule }), report({ tool: 'bandit', rule: 'B602' })]);
    expect(pair('S602')).toHaveLength(1);
    expect(pair('S603')).toHaveLength(2);
    expect(
      merge([report({ tool: 'x', rule: 'S602' }), report({ tool: 'bandit', rule: 'B602' })]),
    ).toHaveLength(2);
  });

  test('by what others call that which hygiene finds, of the same line alone', () => {
    const root = report({
      ...{ kind: 'hygiene', tool: 'hygiene', rule: 'hygiene/container-runs-as-root' },
      identifiers: ['CWE-250'],
    });
    const other = (more: Partial<FindingDraft>) =>
      report({ kind: 'config', tool: 'checkov', rule: 'CKV_DOCKER_8', identifiers: [], ...more });
    expect(sources(merge([other({}), root]))).toEqual(['hygiene+checkov']);
    expect(merge([other({ location: at('a.py', 3) }), root])).toHaveLength(2);
    expect(merge([other({ rule: 'CKV_DOCKER_7' }), root])).toHaveLength(2);
    expect(merge([other({ tool: 'hadolint' }), root])).toHaveLength(2);
  });

  test('only where the columns of one line meet', () => {
    const columns = (tool: string, from: number, to: number) =>
      report({ tool, location: at('a.py', 2, [from, to]), identifiers: ['CWE-1'] });
    expect(merge([columns('x', 1, 10), columns('y', 5, 20)])).toHaveLength(1);
    expect(merge([columns('x', 1, 10), columns('y', 12, 20)])).toHaveLength(2);
  });

  test('but two findings of one tool stay two', () => {
    const two = report({ ...one, message: 'x', rule: 'a' }, { ...one, message: 'y', rule: 'b' });
    expect(merge([two])).toHaveLength(2);
    expect(sources(merge([two, report(other)]))).toEqual(['semgrep', 'semgrep+bandit']);
  });
});

describe('a secret is one finding at one place, whatever it is called', () => {
  const secret = (tool: string, more: Partial<FindingDraft> = {}) =>
    report({ kind: 'secret', tool, rule: `${tool}-rule`, ...more });
  test('of a line', () => {
    expect(sources(merge([secret('gitleaks'), secret('detect-secrets'), secret('secrets')]))).toEqual([
      'secrets+gitleaks+detect-secrets',
    ]);
  });
  test('but two in one line are two', () => {
    const two = report(
      { kind: 'secret', tool: 'gitleaks', location: at('a', 2, [1, 9]), snippet: '****' },
      { kind: 'secret', tool: 'gitleaks', location: at('a', 2, [20, 29]), snippet: '*****' },
    );
    expect(sources(merge([two, secret('secrets', { location: at('a', 2, [21, 28]) })]))).toEqual([
      'gitleaks',
      'secrets+gitleaks',
    ]);
  });
});

describe('a vulnerability is one finding', () => {
  const known = (
    tool: string,
    identifiers: string[],
    more: Partial<FindingDraft> = {},
  ): Partial<FindingDraft> => ({
    kind: 'vulnerability',
    tool,
    rule: identifiers[0] ?? 'x',
    identifiers,
    location: at('app/package-lock.json', null),
    package: { name: 'lodash', version: '4.17.20', purl: null },
    ...more,
  });
  const CVE = 'CVE-2021-23337';
  const GHSA = 'GHSA-35jh-r3h4-6jhm';
  test.each([
    ['by a name in common', known('grype', [GHSA, CVE]), 1],
    ['also beside the lockfile', known('grype', [CVE], { location: at('app/package.json', null) }), 1],
    [
      'also without a version',
      known('grype', [CVE], { package: { name: 'lodash', version: null, purl: null } }),
      1,
    ],
    ['also without a file', known('grype', [CVE], { location: null }), 1],
    ['but not by a weakness in common', known('grype', ['CVE-2000-1111', 'CWE-94']), 2],
    [
      'but not in another package',
      known('grype', [CVE], { package: { name: 'underscore', version: '4.17.20', purl: null } }),
      2,
    ],
    [
      'but not in another version',
      known('grype', [CVE], { package: { name: 'lodash', version: '3.0.0', purl: null } }),
      2,
    ],
    ['but not in another folder', known('grype', [CVE], { location: at('web/package-lock.json', null) }), 2],
    ['but not by a rule that names none', known('grype', [], { rule: 'vulnerable-dependency' }), 2],
  ])('%s', (_, other, count) => {
    expect(merge([report(known('trivy', [CVE, 'CWE-94'])), report(other)])).toHaveLength(count);
  });

  test('by names that only a third tool brings together', () => {
    const found = merge([
      report(known('trivy', [CVE])),
      report(known('grype', [GHSA])),
      report(known('osv-scanner', [CVE, GHSA])),
    ]);
    expect(sources(found)).toEqual(['trivy+grype+osv-scanner']);
    expect(found[0]?.identifiers).toEqual([CVE, GHSA]);
  });

  test('and without a file it joins none when it could be one of two', () => {
    const places = [
      known('trivy', [CVE]),
      known('trivy', [CVE], { location: at('web/package-lock.json', null) }),
    ];
    expect(merge([report(...places), report(known('grype', [CVE], { location: null }))])).toHaveLength(3);
  });

  test('and in two versions two, with names of their own', () => {
    const versions = ['3.0.0', '4.17.20'].map((version) =>
      known('trivy', [CVE], { package: { name: 'lodash', version, purl: null } }),
    );
    const later = report(
      known('grype', [CVE], { package: { name: 'lodash', version: '4.17.20', purl: null } }),
    );
    const found = merge([report(...versions), later]);
    expect(sources(found)).toEqual(['trivy', 'trivy+grype']);
    expect(new Set(found.map(({ fingerprint }) => fingerprint)).size).toBe(2);
  });
});

test('the worst severity holds, and the others fill what the first leaves unsaid', () => {
  const [found] = merge([
    report({
      tool: 'bandit',
      rule: 'B1',
      identifiers: ['CWE-1'],
      severity: 'critical',
      source_severity: 'C',
      score: 9,
      fix: 'Fix it.',
      snippet: 'x',
    }),
    report({
      tool: 'semgrep',
      rule: 's',
      identifiers: ['CWE-1', 'CWE-2'],
      severity: 'low',
      source_severity: 'L',
      title: 'first',
    }),
  ]);
  expect(found).toMatchObject({
    tool: 'semgrep',
    rule: 's',
    title: 'first',
    severity: 'critical',
    source_severity: 'C',
    score: 9,
    fix: 'Fix it.',
    snippet: 'x',
    identifiers: ['CWE-1', 'CWE-2'],
  });
});

test('one that a tool suppresses and another does not, is not suppressed', () => {
  const suppressed = { kind: 'in_source', justification: null } as const;
  const pair = (other: Finding['suppressed']) =>
    merge([
      report({ tool: 'bandit', identifiers: ['CWE-1'], suppressed }),
      report({ tool: 'semgrep', identifiers: ['CWE-1'], suppressed: other }),
    ])[0];
  expect(pair(null)?.suppressed).toBeNull();
  expect(pair(suppressed)?.suppressed).toEqual(suppressed);
});

test('the name stays when tools that rank lower join, and is that of the highest', () => {
  const semgrep = report({ tool: 'semgrep', identifiers: ['CWE-1'] });
  const bandit = report({ tool: 'bandit', identifiers: ['CWE-1'] });
  const foreign = report({ tool: 'A foreign tool', identifiers: ['CWE-1'] });
  for (const reports of [[semgrep], [semgrep, bandit], [semgrep, bandit, foreign]])
    expect(merge(reports)[0]?.fingerprint).toBe(semgrep[0]?.fingerprint);
});

test('the order in which tools finish makes no difference', () => {
  let state = 5;
  const next = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const reports = ['secrets', 'semgrep', 'bandit', 'ruff', 'x', 'y'].map((tool) =>
    report(
      ...Array.from(
        { length: 60 },
        (): Partial<FindingDraft> => ({
          tool,
          rule: `r${next(4)}`,
          kind: next(2) === 0 ? 'code' : 'secret',
          identifiers: [`CWE-${1 + next(3)}`],
          location: at(`f${next(3)}`, 1 + next(8)),
          snippet: `s${next(9)}`,
        }),
      ),
    ),
  );
  const expected = merge(reports);
  for (let round = 0; round < 20; round += 1) {
    const shuffled = reports.map((findings) => findings.toSorted(() => next(3) - 1)).sort(() => next(3) - 1);
    expect(merge(shuffled)).toEqual(expected);
  }
  expect(expected.length).toBeLessThan(360);
  const names = expected.flatMap((finding) => finding.sources.map(({ fingerprint }) => fingerprint));
  expect(new Set(names)).toEqual(new Set(reports.flat().map(({ fingerprint }) => fingerprint)));
  for (const finding of expected)
    expect(new Set(finding.sources.map(({ tool }) => tool)).size).toBe(finding.sources.length);
});

test('a hundred thousand findings in one line do not meet each with each', () => {
  const many = (tool: string) =>
    report(
      ...Array.from({ length: 50_000 }, (_, number) => ({
        tool,
        rule: `r${number}`,
        identifiers: ['CWE-1'],
      })),
    );
  const found = merge([many('semgrep'), many('bandit')]);
  expect(found.length).toBeGreaterThanOrEqual(50_000);
});
