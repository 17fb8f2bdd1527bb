// needs: postgres, temporal
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Finding } from '../../../contracts/finding.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { findingOf, fingerprintOf } from '../../unit/domain/finding-fixture.ts';
import { type Api, startApi } from '../api-harness.ts';
import { recordedScan } from './recorded-scan.ts';

/** Of somebody without a role. */
const MEMBER = 'm'.repeat(40);
let api: Api;
beforeAll(async () => {
  const bob = { subject: 'bob', tenant: 'default', roles: [], token_sha256: sha256(MEMBER) };
  api = await startApi({ tokens: [bob] });
});
afterAll(() => api.stop());

const newScope = () => ({ tenant: 'default', workspace: `findings-${randomUUID().slice(0, 8)}` });
type Scope = ReturnType<typeof newScope>;
const recorded = (scope: Scope, findings: readonly Finding[], more: object = {}) =>
  recordedScan(api.deps.database, scope, { findings, ...more });

const ask = (scope: Scope, what: string, parameters = '') =>
  api.ask(`/v1/security-scans/${what}?workspace_id=${scope.workspace}${parameters && `&${parameters}`}`);
const list = (scope: Scope, testId: string, parameters?: string) =>
  ask(scope, `${testId}/findings`, parameters);
const rules = async (scope: Scope, testId: string, parameters?: string) =>
  (await list(scope, testId, parameters)).json.findings.map(({ rule }: Finding) => rule);

const at = (path: string, line: number | null = null) => ({
  location: { path, start_line: line, start_column: null, end_line: null, end_column: null },
});
const decide = (scope: Scope, fingerprint: string, state: string, more: object = {}) =>
  api.ask('/v1/triage', {
    method: 'POST',
    body: {
      workspace_id: scope.workspace,
      component_id: 'shop',
      fingerprints: [fingerprint],
      state,
      reason: 'so',
      ...more,
    },
  });
const cursorOf = (place: unknown) => Buffer.from(JSON.stringify(place)).toString('base64url');

/** Every page behind one another. */
async function pages(scope: Scope, what: string, parameters: string): Promise<Finding[]> {
  const found: Finding[] = [];
  for (let cursor = ''; ; ) {
    const { json } = await ask(scope, what, `${parameters}${cursor && `&cursor=${cursor}`}`);
    found.push(...json.findings);
    if (json.next_cursor === null) return found;
    cursor = json.next_cursor;
  }
}

describe('findings that the privacy gate holds back', () => {
  const NUMBER = '4111 1111 1111 1111';
  const held = (scope: Scope, uploadStatus: 'in_review' | 'permitted') =>
    recorded(
      scope,
      [
        findingOf({
          ...{ title: `card ${NUMBER}`, message: `the card ${NUMBER}`, snippet: NUMBER, fix: NUMBER },
          ...at(`cards/${NUMBER}.txt`, 3),
          suppressed: { kind: 'in_source', justification: NUMBER },
        }),
      ],
      { learnt: { bundleDigest: 'b'.repeat(64), uploadStatus } },
    );
  const shownTo = async (scope: Scope, what: string, token?: string) => {
    const path = `/v1/security-scans/${what}?workspace_id=${scope.workspace}`;
    const { status, text } = await api.ask(path, token === undefined ? {} : { token });
    return { status, told: text.includes(NUMBER) };
  };

  test('are shown without their words to whoever is no reviewer, in the list and in a comparison', async () => {
    const scope = newScope();
    const [base, testId] = [await held(scope, 'in_review'), await held(scope, 'permitted')];
    for (const what of [`${base}/findings`, `${base}/diff`, `${testId}/diff`]) {
      const other = what.startsWith(base) ? testId : base;
      const compared = what.endsWith('/diff') ? `&change=unchanged&base=${other}` : '';
      const url = (token?: string) =>
        api.ask(
          `/v1/security-scans/${what}?workspace_id=${scope.workspace}${compared}`,
          token ? { token } : {},
        );
      const [member, reviewer] = [await url(MEMBER), await url()];
      expect([member.status, member.json.findings.length, member.text.includes(NUMBER)]).toEqual([
        200,
        1,
        false,
      ]);
      expect([reviewer.status, reviewer.text.includes(NUMBER)]).toEqual([200, true]);
      expect(member.json.findings[0]).toMatchObject({ rule: reviewer.json.findings[0].rule, snippet: null });
    }
  });

  test('are only those of runs that the gate has held back', async () => {
    const scope = newScope();
    const what = `${await held(scope, 'permitted')}/findings`;
    expect(await shownTo(scope, what, MEMBER)).toEqual({ status: 200, told: true });
  });
});

describe('the findings of a scan', () => {
  test('come worst first, each once over all pages', async () => {
    const scope = newScope();
    const severities = ['low', 'critical', 'info', 'critical', 'high', 'medium', 'critical'] as const;
    const testId = await recorded(
      scope,
      severities.map((severity, n) => findingOf({ severity, rule: `${severity}-${n}` })),
    );
    const sorted = ['critical-1', 'critical-3', 'critical-6', 'high-4', 'medium-5', 'low-0', 'info-2'];
    expect(await rules(scope, testId)).toEqual(sorted);
    for (const limit of [1, 2, 3, 7])
      expect((await pages(scope, `${testId}/findings`, `limit=${limit}`)).map(({ rule }) => rule)).toEqual(
        sorted,
      );
  });

  test('are narrowed by every filter; values of one are alternatives, filters add up', async () => {
    const scope = newScope();
    const findings = [
      findingOf({
        rule: 'CVE-1',
        kind: 'vulnerability',
        severity: 'high',
        tool: 'osv',
        ...at('web/package-lock.json'),
      }),
      findingOf({ rule: 'eval', severity: 'medium', ...at('web/src/a.js', 3) }),
      findingOf({
        rule: 'quiet',
        severity: 'low',
        suppressed: { kind: 'in_source', justification: null },
        ...at('webby.js'),
      }),
    ];
    const testId = await recorded(scope, findings, {
      changeOf: ({ rule }: Finding) => (rule === 'eval' ? 'moved' : 'new'),
    });
    await decide(scope, findings[1]!.fingerprint, 'false_positive');
    const expected: [string, string[]][] = [
      ['severity=high', ['CVE-1']],
      ['severity=high&severity=low', ['CVE-1', 'quiet']],
      ['severity=critical', []],
      ['kind=code', ['eval', 'quiet']],
      ['tool=osv', ['CVE-1']],
      ['tool=osv&tool=sast&kind=code', ['eval', 'quiet']],
      ['rule=eval&rule=quiet', ['eval', 'quiet']],
      [`rule=${encodeURIComponent("' OR TRUE --")}`, []],
      ['change=moved', ['eval']],
      ['state=false_positive', ['eval']],
      ['state=open', ['CVE-1', 'quiet']],
      ['suppressed=true', ['quiet']],
      ['suppressed=false', ['CVE-1', 'eval']],
      ['path=web/', ['CVE-1', 'eval']],
      ['path=web', []],
      ['path=webby.js', ['quiet']],
      [`path=${encodeURIComponent('%/')}`, []],
      [`fingerprint=${findings[0]!.fingerprint}`, ['CVE-1']],
      ['severity=medium&kind=code&change=moved&path=web/src/', ['eval']],
      ['severity=high&kind=code', []],
    ];
    for (const [parameters, found] of expected)
      expect([parameters, await rules(scope, testId, parameters)]).toEqual([parameters, found]);
  });

  test.each([
    'limit=0',
    'limit=501',
    'limit=ten',
    'severity=dreadful',
    'change=fixed',
    'state=wontfix',
    'suppressed=maybe',
    'fingerprint=abc',
    'path=',
    'serverity=high',
    'rule=%00',
  ])('cannot be asked for with %s', async (parameters) => {
    const scope = newScope();
    const testId = await recorded(scope, [findingOf()]);
    expect((await list(scope, testId, parameters)).json).toMatchObject({
      status: 422,
      code: 'invalid_request',
    });
    expect((await list(scope, testId, 'limit=500&severity=medium&suppressed=false')).status).toBe(200);
  });

  test.each<[string, string]>([
    ['rubbish', 'bm90aGluZw'],
    ['of another list', cursorOf({ order: 0, ordinal: 1 })],
    ['with a rank that no column holds', cursorOf({ rank: 99_999, ordinal: 0 })],
    ['with a place that no column holds', cursorOf({ rank: 0, ordinal: 2 ** 31 })],
    ['below zero', cursorOf({ rank: 0, ordinal: -1 })],
    ['with a fraction', cursorOf({ rank: 0.5, ordinal: 0 })],
    ['with SQL', cursorOf({ rank: '0; DROP TABLE findings', ordinal: 0 })],
  ])('cannot be asked for from a cursor %s', async (_what, cursor) => {
    const scope = newScope();
    const testId = await recorded(scope, [findingOf()]);
    expect((await list(scope, testId, `cursor=${cursor}`)).json).toMatchObject({
      code: 'invalid_request',
      errors: [{ path: 'cursor' }],
    });
    expect((await list(scope, testId, `cursor=${cursorOf({ rank: 0, ordinal: 2 ** 31 - 1 })}`)).status).toBe(
      200,
    );
  });

  test('are those of one tenant and workspace', async () => {
    const scope = newScope();
    const testId = await recorded(scope, [findingOf({ rule: 'mine' })]);
    expect((await list(newScope(), testId)).json).toMatchObject({ status: 404, code: 'not_found' });
    expect((await list(scope, 'test_000000000000')).json).toMatchObject({ status: 404 });

    const strange = { ...scope, tenant: 'stranger' };
    const theirs = await recorded(strange, [findingOf({ rule: 'theirs' })]);
    expect((await list(scope, theirs)).json).toMatchObject({ status: 404 });
    await recorded(strange, [findingOf({ rule: 'theirs' })], { asked: { testId } });
    expect(await rules(scope, testId)).toEqual(['mine']);
  });

  test('of a scan that has not come that far are none', async () => {
    const scope = newScope();
    const testId = await recorded(scope, [], { learnt: { status: 'RUNNING', verdict: null } });
    expect((await list(scope, testId)).json).toEqual({ findings: [], next_cursor: null });
  });

  test('have the same keys whatever is known of them', async () => {
    const scope = newScope();
    const decided = findingOf({ rule: 'decided', severity: 'high' });
    const bare = findingOf({ rule: 'bare', severity: 'low', location: null, snippet: null });
    const quiet = findingOf({ rule: 'quiet', suppressed: { kind: 'external', justification: 'known' } });
    const testId = await recorded(scope, [decided, bare, quiet]);
    await decide(scope, decided.fingerprint, 'fixed');
    const { findings } = (await list(scope, testId)).json;
    const keys = findings.map((finding: object) => Object.keys(finding).sort().join());
    expect(findings).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/\bchange\b.*\btriage\b/);
  });

  test('come back with their text to the letter, however hostile', async () => {
    const scope = newScope();
    const attack = '\u001b[2J\u202e<script>alert(1)</script>';
    const testId = await recorded(scope, [findingOf({ title: attack, ...at(`src/${attack}.js`, 1) })]);
    const answer = await list(scope, testId);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.json.findings[0]).toMatchObject({ title: attack, location: { path: `src/${attack}.js` } });
  });
});

describe('what was decided about a finding', () => {
  const shared = findingOf({
    rule: 'shared',
    fingerprint: fingerprintOf('one'),
    sources: [
      { tool: 'sast', rule: 'shared', fingerprint: fingerprintOf('one') },
      { tool: 'semgrep', rule: 'other', fingerprint: fingerprintOf('two') },
    ],
  });
  const later = new Date(Date.now() + 3_600_000).toISOString();

  test('is shown under whichever of its names it was, the newest alone, as the filter sees it', async () => {
    const scope = newScope();
    const testId = await recorded(scope, [shared, findingOf({ rule: 'untouched' })]);
    const seen = async () => {
      const { findings } = (await list(scope, testId)).json;
      return findings.map(({ triage }: { triage: { state: string } | null }) => triage?.state ?? null);
    };
    expect(await seen()).toEqual([null, null]);
    for (const [name, state, more] of [
      ['two', 'accepted', { until: later }],
      ['one', 'false_positive', {}],
      ['two', 'open', {}],
    ] as const) {
      await decide(scope, fingerprintOf(name), state, more);
      expect(await seen()).toEqual([state, null]);
      const others = state === 'open' ? ['shared', 'untouched'] : ['shared'];
      expect(await rules(scope, testId, `state=${state}`)).toEqual(others);
    }
  });

  test('is not disturbed by a clock that went backwards', async () => {
    const scope = newScope();
    const testId = await recorded(scope, [shared]);
    await decide(scope, fingerprintOf('one'), 'false_positive');
    await api.deps.database.client.triageDecision.updateMany({
      where: { ...scope },
      data: { decidedAt: new Date(Date.now() + 60_000) },
    });
    await decide(scope, fingerprintOf('two'), 'open');
    expect((await list(scope, testId)).json.findings[0].triage.state).toBe('open');
    expect(await rules(scope, testId, 'state=false_positive')).toEqual([]);
  });

  test('of another component is none', async () => {
    const scope = newScope();
    const testId = await recorded(scope, [shared], { asked: { component: 'till' } });
    await decide(scope, shared.fingerprint, 'false_positive');
    expect((await list(scope, testId)).json.findings[0].triage).toBeNull();
    expect(await rules(scope, testId, 'state=false_positive')).toEqual([]);
  });
});

describe('two scans', () => {
  const stays = findingOf({ rule: 'stays', ...at('a.js', 1) });
  const moves = (line: number) => findingOf({ rule: 'moves', ...at('a.js', line) });
  const goes = findingOf({ rule: 'goes', ...at('a.js', 5) });
  const comes = findingOf({ rule: 'comes', ...at('b.js', 1) });

  async function pair(scope: Scope) {
    const base = await recorded(scope, [stays, moves(2), goes]);
    const testId = await recorded(scope, [stays, moves(9), comes], { learnt: { baseline: base } });
    return { base, testId };
  }
  const changes = (findings: { change: string; rule: string }[]) =>
    findings.map(({ change, rule }) => `${change} ${rule}`);

  test('differ by what is new, moved and fixed since the one it was gated against', async () => {
    const scope = newScope();
    const { base, testId } = await pair(scope);
    const { json } = await ask(scope, `${testId}/diff`);
    expect(json).toMatchObject({
      test_id: testId,
      base_test_id: base,
      counts: { new: 1, moved: 1, unchanged: 1, fixed: 1 },
      next_cursor: null,
    });
    expect(changes(json.findings)).toEqual(['moved moves', 'new comes', 'fixed goes']);
    const all = await pages(scope, `${testId}/diff`, 'limit=1');
    expect(changes(all as never)).toEqual(['moved moves', 'new comes', 'fixed goes']);
  });

  test('are narrowed to the changes that are asked for, and the counts stay whole', async () => {
    const scope = newScope();
    const { testId } = await pair(scope);
    const { json } = await ask(scope, `${testId}/diff`, 'change=unchanged&change=fixed');
    expect(changes(json.findings)).toEqual(['unchanged stays', 'fixed goes']);
    expect(json.counts).toEqual({ new: 1, moved: 1, unchanged: 1, fixed: 1 });
  });

  test('are compared the other way round when that is asked for', async () => {
    const scope = newScope();
    const { base, testId } = await pair(scope);
    const { json } = await ask(scope, `${base}/diff`, `base=${testId}`);
    expect(changes(json.findings)).toEqual(['moved moves', 'new goes', 'fixed comes']);
  });

  test('show what was decided about the findings', async () => {
    const scope = newScope();
    const { testId } = await pair(scope);
    await decide(scope, goes.fingerprint, 'fixed');
    const { json } = await ask(scope, `${testId}/diff`, 'change=fixed&change=new');
    expect(json.findings).toMatchObject([
      { rule: 'comes', triage: null },
      { rule: 'goes', triage: { state: 'fixed' } },
    ]);
  });

  test('must be two of one component that are here', async () => {
    const scope = newScope();
    const { base, testId } = await pair(scope);
    const other = await recorded(scope, [stays], { asked: { component: 'till' } });
    const elsewhere = (await pair(newScope())).base;
    const refused = async (what: string, parameters = '') => {
      expect((await ask(scope, what, parameters)).json).toMatchObject({ status: 404, code: 'not_found' });
    };
    await refused(`${base}/diff`); // the first of its component
    await refused(`${testId}/diff`, `base=${other}`);
    await refused(`${testId}/diff`, `base=${elsewhere}`);
    await refused(`${testId}/diff`, 'base=test_000000000000');
    await refused('test_000000000000/diff', `base=${base}`);
    expect((await ask(newScope(), `${testId}/diff`, `base=${base}`)).status).toBe(404);
    expect((await ask(scope, `${testId}/diff`, `base=${base}`)).status).toBe(200);
  });

  test.each([
    'base=x',
    'change=gone',
    'limit=0',
    `cursor=${cursorOf({ rank: 0, ordinal: 0 })}`,
    `cursor=${cursorOf({ order: 2 ** 40, ordinal: 0 })}`,
    `cursor=${cursorOf({ order: 0, ordinal: 2 ** 40 })}`,
  ])('cannot be compared with %s', async (parameters) => {
    const scope = newScope();
    const { testId } = await pair(scope);
    expect((await ask(scope, `${testId}/diff`, parameters)).json).toMatchObject({
      code: 'invalid_request',
    });
  });
});
