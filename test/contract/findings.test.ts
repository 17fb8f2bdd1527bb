// needs: postgres
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { withTriage } from '../../api/findings/finding-views.ts';
import type { Finding } from '../../contracts/finding.ts';
import type { Source } from '../../contracts/workflows.ts';
import { compareScans } from '../../services/database/compare-scans.ts';
import { type Database, openDatabase } from '../../services/database/database.ts';
import { findBaseline, readFindings, saveFindings } from '../../services/database/findings.ts';
import { type FindingFilter, listFindings } from '../../services/database/list-findings.ts';
import { openScan, updateScan } from '../../services/database/scans.ts';
import { decideTriage, listTriage, readTriage } from '../../services/database/triage.ts';
import { findingOf, fingerprintOf } from '../unit/domain/finding-fixture.ts';

let database: Database;
beforeAll(() => {
  database = openDatabase(process.env.CERTUS_DATABASE_URL!);
});
afterAll(() => database.close());

const hex = () => randomBytes(6).toString('hex');
const newScope = () => ({ tenant: `t-${hex()}`, workspace: 'web' });
type Scope = ReturnType<typeof newScope>;
const save = (scope: Scope, testId: string, findings: readonly Finding[], component = 'shop') =>
  saveFindings(database, scope, { testId, component, findings, changeOf: () => 'new' });
const list = async (scope: Scope, testId: string, filter: FindingFilter = {}) =>
  (await listFindings(database, scope, testId, { ...filter, limit: 500 })).findings.map(
    ({ finding }) => finding.rule,
  );

describe('what a scan found', () => {
  test('is read back as it was stored, in its order, whatever its text', async () => {
    const scope = newScope();
    const findings = Array.from({ length: 1203 }, (_, at) =>
      findingOf({ rule: `r${at}`, message: at === 7 ? 'nul \0 and half \ud800 a pair' : 'fine' }),
    );
    await save(scope, 'test_1', findings);
    const back = await readFindings(database, scope, 'test_1');
    expect(back.map(({ rule }) => rule)).toEqual(findings.map(({ rule }) => rule));
    expect(back[7]?.message).toBe('nul \ufffd and half \ufffd a pair');
  });

  test('is replaced when it is stored again, also by less', async () => {
    const scope = newScope();
    await save(scope, 'test_1', [
      findingOf({ rule: 'a' }),
      findingOf({ rule: 'b' }),
      findingOf({ rule: 'c' }),
    ]);
    await save(scope, 'test_1', [findingOf({ rule: 'd' })]);
    expect(await list(scope, 'test_1')).toEqual(['d']);
  });

  test('belongs to its tenant, workspace and scan alone', async () => {
    const scope = newScope();
    await save(scope, 'test_1', [findingOf({ rule: 'mine' })]);
    expect(await list({ ...scope, workspace: 'other' }, 'test_1')).toEqual([]);
    expect(await list({ ...scope, tenant: 'other' }, 'test_1')).toEqual([]);
    expect(await list(scope, 'test_2')).toEqual([]);
  });
});

describe('the list', () => {
  test('has the worst first, page by page, without gap or repetition', async () => {
    const scope = newScope();
    const severities = ['info', 'critical', 'low', 'critical', 'medium', 'high', 'critical'] as const;
    await save(
      scope,
      'test_1',
      severities.map((severity, at) => findingOf({ severity, rule: `${severity}-${at}` })),
    );
    const seen: string[] = [];
    let after: { rank: number; ordinal: number } | undefined;
    do {
      const page = await listFindings(database, scope, 'test_1', { limit: 2, after });
      seen.push(...page.findings.map(({ finding }) => finding.rule));
      after = page.next;
    } while (after !== undefined);
    expect(seen).toEqual(['critical-1', 'critical-3', 'critical-6', 'high-5', 'medium-4', 'low-2', 'info-0']);
  });

  test('is narrowed by every filter, and by all of them together', async () => {
    const scope = newScope();
    const vulnerable = findingOf({
      rule: 'CVE-1',
      kind: 'vulnerability',
      severity: 'high',
      tool: 'vulnerabilities',
      location: {
        path: 'web/package-lock.json',
        start_line: 3,
        start_column: null,
        end_line: null,
        end_column: null,
      },
      sources: [
        { tool: 'vulnerabilities', rule: 'CVE-1', fingerprint: fingerprintOf('v') },
        { tool: 'grype', rule: 'CVE-1', fingerprint: fingerprintOf('g') },
      ],
    });
    const quiet = findingOf({ rule: 'quiet', suppressed: { kind: 'in_source', justification: 'meant so' } });
    await save(scope, 'test_1', [vulnerable, quiet]);
    expect(await list(scope, 'test_1', { kind: ['vulnerability'] })).toEqual(['CVE-1']);
    expect(await list(scope, 'test_1', { tool: ['grype'] })).toEqual(['CVE-1']);
    expect(await list(scope, 'test_1', { fingerprint: fingerprintOf('g') })).toEqual(['CVE-1']);
    expect(await list(scope, 'test_1', { path: 'web/' })).toEqual(['CVE-1']);
    expect(await list(scope, 'test_1', { path: 'web' })).toEqual([]);
    expect(await list(scope, 'test_1', { suppressed: true })).toEqual(['quiet']);
    expect(await list(scope, 'test_1', { severity: ['high'], tool: ['sast'] })).toEqual([]);
    expect(await list(scope, 'test_1', { rule: ["' OR TRUE --"] })).toEqual([]);
  });

  test('knows what people decided, under any name of the issue, until it ends', async () => {
    const scope = newScope();
    const finding = findingOf({
      sources: [
        { tool: 'sast', rule: 'r', fingerprint: fingerprintOf('one') },
        { tool: 'semgrep', rule: 's', fingerprint: fingerprintOf('two') },
      ],
    });
    await save(scope, 'test_1', [finding]);
    const decide = (state: 'accepted' | 'false_positive', until: string | null) =>
      decideTriage(database, scope, 'shop', [
        {
          fingerprint: fingerprintOf('two'),
          state,
          reason: 'x',
          actor: 'ana',
          until,
          decided_at: new Date().toISOString(),
        },
      ]);
    await decide('accepted', new Date(Date.now() - 1000).toISOString());
    expect(await list(scope, 'test_1', { state: ['open'] })).toHaveLength(1);
    await decide('accepted', new Date(Date.now() + 60_000).toISOString());
    expect(await list(scope, 'test_1', { state: ['accepted'] })).toHaveLength(1);
    await decide('false_positive', null);
    expect(await list(scope, 'test_1', { state: ['accepted'] })).toEqual([]);
    expect(await readTriage(database, scope, 'shop')).toMatchObject([
      { state: 'false_positive', actor: 'ana' },
    ]);
    const history = { fingerprint: fingerprintOf('two'), limit: 9 };
    expect((await listTriage(database, scope, 'shop', history)).decisions).toHaveLength(3);
    expect((await listTriage(database, scope, 'shop', { limit: 9 })).decisions).toHaveLength(1);
    expect(await readTriage(database, scope, 'other')).toEqual([]);
  });
});

describe('two scans of a component', () => {
  const named = (name: string, line: number, tools = ['sast']) =>
    findingOf({
      rule: name,
      ...(tools[0] === undefined ? {} : { tool: tools[0] }),
      fingerprint: fingerprintOf(`${name} ${tools[0]}`),
      location: { path: 'a.js', start_line: line, start_column: null, end_line: null, end_column: null },
      sources: tools.map((tool) => ({ tool, rule: name, fingerprint: fingerprintOf(`${name} ${tool}`) })),
    });

  test('differ by what is new, moved and fixed; a tool that joins or leaves changes nothing', async () => {
    const scope = newScope();
    await save(scope, 'test_1', [
      named('stays', 1),
      named('moves', 2),
      named('goes', 3),
      named('joined', 4, ['semgrep']),
    ]);
    await save(scope, 'test_2', [
      named('stays', 1),
      named('moves', 9),
      named('comes', 5),
      named('joined', 4, ['sast', 'semgrep']),
    ]);
    const compare = async (limit: number) => {
      const found: string[] = [];
      let after: { order: number; ordinal: number } | undefined;
      do {
        const page = await compareScans(database, scope, {
          ...{ base: 'test_1', test: 'test_2', looked: [] },
          limit,
          after,
        });
        expect(page.counts).toEqual({ new: 1, unchanged: 2, moved: 1, fixed: 1 });
        found.push(...page.findings.map(({ change, finding }) => `${change} ${finding.rule}`));
        after = page.next;
      } while (after !== undefined);
      return found;
    };
    expect(await compare(100)).toEqual(['moved moves', 'new comes', 'fixed goes']);
    expect(await compare(1)).toEqual(['moved moves', 'new comes', 'fixed goes']);
  });

  test('are told apart by former names, too, and so is what was decided', async () => {
    const scope = newScope();
    const [then, now] = [named('then', 1), named('now', 9)];
    await save(scope, 'test_1', [then]);
    await save(scope, 'test_2', [{ ...now, former_fingerprints: [then.fingerprint] }, named('other', 3)]);
    const compared = await compareScans(database, scope, {
      ...{ base: 'test_1', test: 'test_2', looked: ['sast'] },
      change: ['unchanged', 'moved', 'fixed'],
      limit: 9,
    });
    expect(compared.counts).toEqual({ new: 1, unchanged: 0, moved: 1, fixed: 0 });
    expect(compared.findings.map(({ finding }) => finding.rule)).toEqual(['now']);
    await decideTriage(database, scope, 'shop', [
      {
        ...{ fingerprint: then.fingerprint, state: 'false_positive', reason: 'x', actor: 'ana', until: null },
        decided_at: new Date().toISOString(),
      },
    ]);
    expect(await list(scope, 'test_2', { state: ['false_positive'] })).toEqual(['now']);
    expect(await list(scope, 'test_2', { state: ['open'] })).toEqual(['other']);
    const { findings } = await listFindings(database, scope, 'test_2', { limit: 9 });
    const views = await withTriage(database, scope, 'shop', findings);
    expect(views.map(({ rule, triage }) => [rule, triage?.state])).toEqual([
      ['now', 'false_positive'],
      ['other', undefined],
    ]);
  });

  test('what is gone is fixed only where somebody has looked who could have seen it', async () => {
    const scope = newScope();
    await save(scope, 'test_1', [named('one', 1, ['bandit']), named('other', 2, ['semgrep', 'bandit'])]);
    const fixed = async (looked: string[]) =>
      (await compareScans(database, scope, { base: 'test_1', test: 'test_2', looked, limit: 10 })).counts
        .fixed;
    expect(await fixed([])).toBe(0);
    expect(await fixed(['gitleaks'])).toBe(0);
    expect(await fixed(['semgrep'])).toBe(1);
    expect(await fixed(['bandit'])).toBe(2);
    // a report that was brought along names tools that no run of ours has started
    await save(scope, 'test_2', [named('comes', 5, ['semgrep'])]);
    expect(await fixed([])).toBe(1);
  });
});

describe('the scan that another is compared with', () => {
  type Asked = { source?: Source; profile?: string; component?: string };
  type About = Asked & { status?: 'SUCCEEDED' | 'FAILED'; verdict?: 'passed' | 'failed' };
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));
  const shop = { type: 'git', url: 'https://git.example.org/shop.git', branch: 'main' } as const;
  const report: Source = {
    type: 'sarif',
    sha256: fingerprintOf('report'),
    commit: 'a'.repeat(40),
    ref: 'refs/heads/main',
    repository: shop.url,
  };
  let scope: Scope;
  beforeEach(() => {
    scope = newScope();
  });

  const scan = async (minute: number, about: About = {}, testId = `test_${minute}`) => {
    const { source = shop, profile = 'gate', component = 'shop', status = 'SUCCEEDED' } = about;
    await openScan(database, scope, {
      ...{ testId, component, assessment: 'default', source, profile },
      ...{ requestedBy: null, manifestDigest: null, request: null },
      workflowId: `scan/web/${component}/${testId}`,
      createdAt: at(minute),
    });
    await updateScan(database, scope, testId, { status, verdict: about.verdict ?? 'passed' });
  };
  const baseline = (minute: number, passed: boolean, about: Asked = {}, testId = 'test_now') =>
    findBaseline(database, scope, {
      ...{ component: 'shop', source: shop, profile: 'gate', testId, before: at(minute), passed },
      ...about,
    });

  test('is the last that got to its end, of the same component, and not the scan itself', async () => {
    await scan(1);
    await scan(2, { status: 'FAILED' });
    await scan(3, { component: 'other' });
    await scan(4, { verdict: 'failed' });
    await scan(9);
    expect(await baseline(5, false)).toBe('test_4');
    expect(await baseline(5, true)).toBe('test_1');
    expect(await baseline(1, false, {}, 'test_1')).toBeUndefined();
  });

  test.each<[string, About]>([
    ['an uploaded report', { source: report }],
    ['a weaker profile', { profile: 'sbom-only' }],
    ['another repository', { source: { ...shop, url: 'https://git.example.org/empty.git' } }],
    ['another kind of source', { source: { type: 'directory', path: shop.url } }],
  ])('that passed is never %s, however new', async (_, about) => {
    await scan(1, { profile: 'Gate', source: { ...shop, branch: 'feature' } });
    await scan(2, about);
    expect(await baseline(5, true)).toBe('test_1');
    expect(await baseline(5, true, { profile: 'GATE', ...about })).toBe('test_2');
    expect(await baseline(5, true, { source: { type: 'directory', path: '/srv' } })).toBeUndefined();
  });

  test('for information is one of the same source where there is one, and else the last', async () => {
    await scan(1, { profile: 'nightly' });
    await scan(2, { source: report });
    expect(await baseline(5, false)).toBe('test_1');
    expect(await baseline(5, false, { source: { type: 'directory', path: '/srv' } })).toBe('test_2');
  });
});
