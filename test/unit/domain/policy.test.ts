import { describe, expect, test } from '@jest/globals';
import { BUILT_IN_MANIFEST } from '../../../contracts/built-in-manifest.ts';
import { PolicyResult } from '../../../contracts/bundle.ts';
import type { Finding } from '../../../contracts/finding.ts';
import { Manifest } from '../../../contracts/manifest.ts';
import type { Triage } from '../../../contracts/triage.ts';
import { resolveProfile } from '../../../domain/policy/resolve-profile.ts';
import { findingOf, fingerprintOf } from './finding-fixture.ts';
import { decided, judge, many } from './gate-fixture.ts';
import { toolRun } from './tool-run-fixture.ts';

describe('the thresholds', () => {
  test('let as many pass as they say, and not one more', () => {
    const thresholds = { medium: 2 };
    expect(judge(many('medium', 2), { thresholds }).policy).toMatchObject({ passed: true, violations: [] });
    expect(judge(many('medium', 3), { thresholds }).policy).toMatchObject({
      passed: false,
      violations: ['medium findings exceeded threshold (3 > 2)'],
    });
  });

  test('are taken at their word when they are nought', () => {
    expect(judge(many('critical', 1), { thresholds: { critical: 0 } }).policy.passed).toBe(false);
    expect(judge([], { thresholds: { critical: 0 } }).policy.passed).toBe(true);
  });

  test('do not limit a severity that is not named', () => {
    const found = [...many('low', 99), ...many('info', 99)];
    expect(judge(found, { thresholds: { critical: 0 } }).policy.passed).toBe(true);
  });

  test('name every violation, worst first, and all is counted', () => {
    const found = [...many('low', 2), ...many('critical', 1), ...many('info', 4)];
    const { policy } = judge(found, { thresholds: { critical: 0, low: 1 } });
    expect(policy.violations.map((line) => line.split(' ')[0])).toEqual(['critical', 'low']);
    expect(policy.counts).toEqual({ critical: 1, high: 0, medium: 0, low: 2, info: 4 });
    expect(PolicyResult.parse(policy)).toEqual(policy);
  });
});

describe('a gate on new findings', () => {
  const [old, moved, fresh] = many('high', 3);
  const baseline = {
    testId: 'test_0123456789aa',
    changes: new Map([
      [old!.fingerprint, 'unchanged' as const],
      [moved!.fingerprint, 'moved' as const],
      [fresh!.fingerprint, 'new' as const],
    ]),
    worsened: new Set<string>(),
    counts: { new: 1, unchanged: 1, moved: 1, fixed: 0 },
  };
  const profile = { gateOn: 'new', thresholds: { high: 0 } };

  test('leaves out what the baseline had', () => {
    const { policy } = judge([old!, moved!], profile, { baseline });
    expect(policy).toMatchObject({ passed: true, set_aside: { not_new: 2 }, counts: { high: 2 } });
  });

  test('counts what it did not have', () => {
    const { policy } = judge([old!, moved!, fresh!], profile, { baseline });
    expect(policy).toMatchObject({ passed: false, counted: { high: 1 }, baseline: baseline.testId });
  });

  test.each([old!, moved!])('counts what it had as something less severe, and says so', (known) => {
    const worse = { ...baseline, worsened: new Set([known.fingerprint]) };
    const { policy, notices, isNew } = judge([old!, moved!], profile, { baseline: worse });
    expect(policy).toMatchObject({ passed: false, counted: { high: 1 }, set_aside: { not_new: 1 } });
    expect([old!, moved!].filter(isNew)).toEqual([known]);
    expect(notices).toEqual([expect.objectContaining({ code: 'severity_rose' })]);
  });

  test('takes everything for new without a baseline, and what the baseline says nothing of', () => {
    expect(judge([old!], profile).policy.counted.high).toBe(1);
    expect(judge(many('low', 1), { gateOn: 'new', thresholds: { low: 0 } }, { baseline }).policy.passed).toBe(
      false,
    );
  });

  test('is one the profile asks for: otherwise old ones count', () => {
    expect(judge([old!], { thresholds: { high: 0 } }, { baseline }).policy.passed).toBe(false);
  });
});

describe('what people have decided', () => {
  const [finding] = many('critical', 1);
  const profile = { thresholds: { critical: 0 } };
  const decidedAs = (about: Parameters<typeof decided>[1]) =>
    judge([finding!], profile, { triage: new Map([decided(finding!, about)]) });

  test.each([
    ['false_positive', null, 'false_positive'],
    ['accepted', null, 'accepted'],
    ['accepted', '2026-06-01T12:00:00.001Z', 'accepted'],
  ] as const)('sets a finding aside: %s until %s', (state, until, where) => {
    expect(decidedAs({ state, until }).policy).toMatchObject({ passed: true, set_aside: { [where]: 1 } });
  });

  test.each([
    ['open', null, undefined],
    ['accepted', '2026-06-01T12:00:00.000Z', 'acceptance_lapsed'],
    ['accepted', 'next summer', 'acceptance_lapsed'],
    ['fixed', null, 'fixed_but_found'],
  ] as const)('does not: %s until %s', (state, until, notice) => {
    const { policy, notices } = decidedAs({ state, until });
    expect(policy.passed).toBe(false);
    expect(notices.map(({ code }) => code)).toEqual(notice === undefined ? [] : [notice]);
  });

  test('about what one tool saw holds for the issue that several see', () => {
    const seen = fingerprintOf('by another tool');
    const merged = findingOf({
      severity: 'critical',
      sources: [...finding!.sources, { tool: 'semgrep', rule: 'r', fingerprint: seen }],
    });
    const [, decision] = decided(finding!, { state: 'false_positive', fingerprint: seen });
    expect(judge([merged], profile, { triage: new Map([[seen, decision]]) }).policy.passed).toBe(true);
    expect(judge([finding!], profile, { triage: new Map([[seen, decision]]) }).policy.passed).toBe(false);
  });

  test('makes an old finding count again once it is taken back or has ended, also where only new ones count', () => {
    const [finding] = many('high', 1);
    const about = { thresholds: { high: 0 }, gateOn: 'new' };
    const known = new Map([[finding!.fingerprint, 'unchanged' as const]]);
    const baseline = {
      testId: 'test_000000000001',
      changes: known,
      counts: { new: 0, unchanged: 1, moved: 0, fixed: 0 },
      worsened: new Set<string>(),
    };
    const passed = (decision: Partial<Triage>) =>
      judge([finding!], about, { baseline, triage: new Map([decided(finding!, decision)]) }).policy.passed;
    expect(judge([finding!], about, { baseline }).policy.passed).toBe(true);
    expect(passed({ state: 'accepted', until: '2026-07-01T00:00:00.000Z' })).toBe(true);
    expect(passed({ state: 'accepted', until: '2026-05-01T00:00:00.000Z' })).toBe(false);
    expect(passed({ state: 'open' })).toBe(false);
  });

  test('is undone by a later one, whichever name of the issue that was about', () => {
    const [finding] = many('high', 1);
    const other = fingerprintOf('the name another tool gave it');
    const merged = {
      ...finding!,
      sources: [...finding!.sources, { tool: 'semgrep', rule: 'r', fingerprint: other }],
    };
    const [, falseAlarm] = decided(merged, { state: 'false_positive' });
    const reopened = { ...falseAlarm, fingerprint: other, state: 'open' as const };
    const passed = (...newestFirst: Triage[]) => {
      const triage = new Map(newestFirst.map((decision) => [decision.fingerprint, decision]));
      return judge([merged], { thresholds: { high: 0 } }, { triage }).policy.passed;
    };
    expect(passed(reopened, falseAlarm)).toBe(false);
    expect(passed(falseAlarm, reopened)).toBe(true);
    // the clock of the server that took the later one may be behind
    const slow = '2020-01-01T00:00:00.000Z';
    expect(passed({ ...reopened, decided_at: slow }, falseAlarm)).toBe(false);
    expect(passed({ ...falseAlarm, decided_at: slow }, reopened)).toBe(true);
  });

  test('holds for an issue that had another name then', () => {
    const former = fingerprintOf('what it was called in another folder');
    const [, decision] = decided(finding!, { state: 'false_positive', fingerprint: former });
    const passed = (about: Finding) =>
      judge([about], profile, { triage: new Map([[former, decision]]) }).policy.passed;
    expect(passed({ ...finding!, former_fingerprints: [former] })).toBe(true);
    expect(passed(finding!)).toBe(false);
  });
});

describe('what the code says of itself', () => {
  const found = many('high', 1, { suppressed: { kind: 'in_source', justification: 'trust me' } });
  const thresholds = { high: 0 };

  test('does not move the gate, and that it tried is said', () => {
    const { policy, notices } = judge(found, { thresholds });
    expect(policy).toMatchObject({ passed: false, suppressions: 'count', set_aside: { suppressed: 0 } });
    expect(notices).toEqual([expect.objectContaining({ code: 'suppressions_counted' })]);
  });

  test('does where the team has decided so', () => {
    const { policy, notices } = judge(found, { thresholds, suppressions: 'set_aside' });
    expect(policy).toMatchObject({ passed: true, set_aside: { suppressed: 1 } });
    expect(notices).toEqual([]);
  });
});

describe('a required tool', () => {
  const tools = ['secrets', { id: 'semgrep', required: true }];
  const withRun = (about: Parameters<typeof toolRun>[1]) =>
    judge([], { tools }, { toolRuns: [toolRun('secrets'), toolRun('semgrep', about)] }).policy;

  test.each(['completed', 'not_relevant'] as const)('that is %s will do', (outcome) => {
    expect(withRun({ outcome }).passed).toBe(true);
  });

  test.each(['not_available', 'timed_out', 'failed'] as const)('that is %s fails the gate', (outcome) => {
    const { passed, violations } = withRun({ outcome, reason: 'no\u001b[2Jluck\n' });
    expect(passed).toBe(false);
    expect(violations).toEqual([`required tool semgrep ${outcome}: no [2Jluck`]);
  });

  test('that was never run fails it, too', () => {
    expect(judge([], { tools }).policy.violations).toEqual(['required tool semgrep did not run']);
  });

  test('is one that says so: others may fail', () => {
    const runs = [toolRun('secrets'), toolRun('semgrep', { outcome: 'failed', reason: 'r' })];
    expect(judge([], { tools: ['secrets', 'semgrep'] }, { toolRuns: runs }).policy.passed).toBe(true);
  });
});

test('a scan in which nobody has looked passes nothing', () => {
  const toolRuns = [toolRun('secrets', { outcome: 'failed', reason: 'r' })];
  expect(judge([], {}, { toolRuns }).policy.violations).toEqual(['no tool completed: nothing was looked at']);
  const idle = [toolRun('secrets', { outcome: 'not_relevant' })];
  expect(judge([], {}, { toolRuns: idle }).policy.passed).toBe(true);
});

describe('a denied licence', () => {
  const denied = findingOf({
    kind: 'license',
    rule: 'license-denied',
    severity: 'low',
    message: 'left-pad 1.3.0 is under GPL-3.0-only',
    package: { name: 'left-pad', version: '1.3.0', purl: null },
  });
  const profile = { tools: ['licenses'], deniedLicenses: ['GPL-*'] };
  const toolRuns = [toolRun('licenses')];

  test('fails the gate whatever the thresholds', () => {
    expect(judge([denied], profile, { toolRuns }).policy.violations).toEqual([
      'denied license: left-pad 1.3.0 is under GPL-3.0-only',
    ]);
  });

  test('does not once a person has answered for it', () => {
    const triage = new Map([decided(denied, { state: 'accepted' })]);
    expect(judge([denied], profile, { toolRuns, triage }).policy.passed).toBe(true);
  });

  test('of many is named only so often', () => {
    const lots = Array.from({ length: 25 }, (_, at) => ({ ...denied, message: `L${at}` }));
    const { violations } = judge(lots, profile, { toolRuns }).policy;
    expect(violations).toHaveLength(21);
    expect(violations.at(-1)).toBe('denied license: 5 more findings');
  });

  test.each([[], [toolRun('licenses', { outcome: 'failed', reason: 'r' }), toolRun('secrets')]])(
    'cannot be ruled out when nobody looked at licences',
    (...runs) => {
      const { policy } = judge([], profile, { toolRuns: [toolRun('secrets'), ...runs] });
      expect(policy.violations).toEqual([expect.stringContaining('could not be held against anything')]);
    },
  );
});

describe('a profile', () => {
  test('is found whatever the case of its name', () => {
    expect(resolveProfile(BUILT_IN_MANIFEST, 'LIGHT').name).toBe('light');
  });

  test('that is unknown is an error and never a weaker one', () => {
    expect(() => resolveProfile(BUILT_IN_MANIFEST, 'heavy')).toThrow(
      expect.objectContaining({ code: 'unknown_profile', message: expect.stringContaining('light') }),
    );
  });

  test.each([
    [['Release', 'release'], false],
    [['release', 'release'], false],
    [['release', 'nightly'], true],
  ])('names %j may stand in one manifest: %s', (names, expected) => {
    const profiles = names.map((name) => ({ name, tools: ['secrets'] }));
    const parsed = Manifest.safeParse({ product: 'p', version: '1', profiles });
    expect(parsed.success).toBe(expected);
    if (!expected) expect(parsed.error?.issues[0]?.path).toEqual(['profiles', 1, 'name']);
  });

  test.each([
    ['without tools', { name: 'p', tools: [] }],
    ['with a tool twice', { name: 'p', tools: ['secrets', 'secrets'] }],
    ['with a tool that does not exist', { name: 'p', tools: ['magic'] }],
    ['with a threshold spelt wrongly', { name: 'p', tools: ['secrets'], thresholds: { critcal: 0 } }],
    ['with a negative threshold', { name: 'p', tools: ['secrets'], thresholds: { high: -1 } }],
  ])('%s is refused with its manifest', (_, wrong) => {
    expect(Manifest.safeParse({ product: 'p', version: '1', profiles: [wrong] }).success).toBe(false);
  });
});
