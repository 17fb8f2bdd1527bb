import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { BUNDLE } from '../../../contracts/bundle.ts';
import type { Finding } from '../../../contracts/finding.ts';
import { type BundleFacts, composeBundle } from '../../../domain/bundle/compose-bundle.ts';
import { bundleFacts } from './bundle-fixture.ts';
import { findingOf } from './finding-fixture.ts';
import { judge, many } from './gate-fixture.ts';
import { toolRun } from './tool-run-fixture.ts';

const pageOf = (about: Partial<BundleFacts> = {}): string => {
  const page = composeBundle(bundleFacts(about)).documents.find(({ path }) => path === BUNDLE.summaryPage);
  return [...(page?.chunks() ?? [])].join('');
};
const pageWith = (findings: Finding[], profile = {}) =>
  pageOf({ findings, judgement: judge(findings, profile) });
const body = (page: string) => page.slice(page.indexOf('<body>'));

describe('nothing in the page runs, loads or is sent', () => {
  const attack = `</title></style></script><script>alert(1)</script><img src=x onerror="alert(1)"> ' "`;
  const hostile = pageOf({
    ...(() => {
      const findings = [
        findingOf({
          severity: 'critical',
          tool: attack,
          title: attack,
          rule: attack,
          message: `${attack}!`,
          snippet: attack,
          fix: attack,
          identifiers: [attack, 'CVE-2024-12345" onclick="x', 'CVE-2024-12345'],
          location: { path: attack, start_line: 1, start_column: 1, end_line: 1, end_column: 1 },
          package: { name: attack, version: attack, purl: null },
          sources: [{ tool: attack, rule: attack, fingerprint: '0'.repeat(64) }],
        }),
      ];
      return {
        findings,
        judgement: judge(findings, {
          name: 'p',
          rules: [{ name: attack, deny: 'true', message: attack }],
        }),
      };
    })(),
    tools: [
      toolRun('trivy', {
        outcome: 'failed',
        title: attack,
        version: attack,
        reason: attack,
        reports: ['javascript:alert(1)', attack, '//evil.example/x'],
        isolation: { method: 'process', network: 'host', lacking: [attack] },
        data: { name: attack, updated_at: attack },
      }),
    ],
    components: [{ name: attack, version: '', purl: '', licenses: [attack] }],
    warnings: [{ code: 'c', message: attack, path: attack }],
  });

  test('of what a repository put into findings, tools, licences and notices', () => {
    expect(body(hostile)).not.toMatch(/<(script|img|style|iframe|link|object)/i);
    expect(body(hostile)).not.toMatch(/<[^>]+\s(on\w+|style|src)\s*=/i);
    expect(body(hostile)).toContain('&#60;script&#62;');
  });

  test('and no link leads anywhere but to a report or a known register', () => {
    const links = [...body(hostile).matchAll(/href="([^"]*)"/g)].map(([, link]) => link);
    expect(links).toEqual(['https://nvd.nist.gov/vuln/detail/CVE-2024-12345']);
    expect(pageOf()).toContain('<a href="reports/sast/sast.sarif.json">');
  });

  test('because the page itself forbids all but its own style', () => {
    const page = pageOf();
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? '';
    const digest = createHash('sha256').update(style).digest('base64');
    expect(page).toContain(
      `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`,
    );
    expect(page.match(/<style/g)).toHaveLength(1);
    expect(page).not.toMatch(/ style="|url\(|@import/);
  });

  test('nor does a path show itself as another', () => {
    const path = 'src/\u202etxt.exe\u2066';
    const location = { path, start_line: 1, start_column: 1, end_line: 1, end_column: 1 };
    expect(pageWith([findingOf({ location })])).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
  });
});

test('says why the gate failed, and nothing of that when it passed', () => {
  const failed = pageWith(many('high', 2), { thresholds: { high: 0 } });
  expect(failed).toContain('Why it failed');
  expect(failed).toContain('high findings exceeded threshold (2 &#62; 0)');
  expect(pageWith(many('high', 2))).not.toContain('Why it failed');
});

test('shows the worst findings first, and says how many there are', () => {
  const findings = [...many('low', 60, { title: 'lesser one' }), ...many('critical', 2, { title: 'grave' })];
  const page = pageWith(findings);
  expect(page).toContain('50 of 62');
  expect(page.indexOf('grave')).toBeLessThan(page.indexOf('lesser one'));
  expect(page.match(/class="finding"/g)).toHaveLength(50);
});

test('says what did not run and why', () => {
  const tools = [toolRun('trivy', { title: 'Trivy', outcome: 'not_available', reason: 'no such program' })];
  expect(pageOf({ tools })).toMatch(/What did not run[\s\S]*Trivy[\s\S]*not available[\s\S]*no such program/);
});

test('counts components by licence', () => {
  const components = ['MIT', 'MIT', 'ISC'].map((license, at) => ({
    name: `c${at}`,
    version: '1',
    purl: '',
    licenses: [license],
  }));
  expect(pageOf({ components })).toMatch(/3 components[\s\S]*MIT <b>2<\/b>[\s\S]*ISC <b>1<\/b>/);
});
