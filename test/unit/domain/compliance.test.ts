import { describe, expect, test } from '@jest/globals';
import { ComplianceDocument } from '../../../contracts/compliance.ts';
import { Compliance } from '../../../contracts/manifest.ts';
import { complianceOutcome } from '../../../domain/policy/compliance.ts';
import { many } from './gate-fixture.ts';
import { toolRun } from './tool-run-fixture.ts';

const outcomeOf = (tests: object[], about: Partial<Parameters<typeof complianceOutcome>[1]> = {}) => {
  const compliance = Compliance.parse({
    name: 'SOC 2',
    controls: [
      { framework: 'SOC 2', controlId: 'CC6.1', tests: tests.map((test) => ({ name: 't', ...test })) },
    ],
  });
  const document = complianceOutcome([compliance], {
    testId: 'test_0123456789ab',
    profile: 'release',
    gatePassed: true,
    findings: many('high', 2, { tool: 'sast' }),
    toolRuns: [
      toolRun('secrets'),
      toolRun('hadolint', { outcome: 'not_relevant' }),
      toolRun('semgrep', { outcome: 'timed_out', reason: 'too slow' }),
    ],
    paths: new Set(['findings.json', 'reports/sast/sast.sarif.json']),
    generatedAt: '2026-06-01T12:00:00.000Z',
    ...about,
  });
  expect(ComplianceDocument.parse(document)).toEqual(document);
  return document.outcomes[0]!.controls[0]!;
};

describe('a test of a control', () => {
  test.each<[string, object, string, unknown[]]>([
    ['a threshold that holds', { threshold: { high: 2 } }, 'passed', []],
    ['one that does not', { threshold: { high: 1 } }, 'failed', ['high findings exceeded threshold (2 > 1)']],
    [
      'a threshold over tools that saw none of it',
      { threshold: { high: 0 }, evidence: ['secrets'] },
      'passed',
      [],
    ],
    ['a tool that looked', { evidence: ['secrets'] }, 'passed', []],
    ['one that had nothing to look at', { evidence: ['hadolint'] }, 'passed', []],
    ['one that did not look', { evidence: ['semgrep'] }, 'failed', ['semgrep timed_out: too slow']],
    ['a file that is there', { evidence: ['findings.json'] }, 'passed', []],
    [
      'one that is not',
      { evidence: ['reports/dast/zap.json'] },
      'failed',
      [expect.stringContaining('reports/dast/zap.json')],
    ],
    ['evidence nobody knows', { evidence: ['bandit'] }, 'failed', [expect.stringContaining('bandit')]],
    [
      'all of it but one',
      { evidence: ['secrets', 'bandit'], threshold: { high: 9 } },
      'failed',
      [expect.anything()],
    ],
    ['a profile that ran, whatever its case', { linkedProfile: 'Release' }, 'passed', []],
    [
      'one that did not',
      { linkedProfile: 'nightly', threshold: { high: 9 } },
      'not_evaluated',
      [expect.anything()],
    ],
    ['nothing at all', {}, 'not_evaluated', [expect.anything()]],
  ])('with %s', (_, about, outcome, reasons) => {
    const control = outcomeOf([about]);
    expect(control.tests[0]).toMatchObject({ outcome, reasons });
    expect(control.outcome).toBe(outcome);
  });

  test('that leans on a profile alone is as good as its gate', () => {
    expect(outcomeOf([{ linkedProfile: 'release' }], { gatePassed: false }).outcome).toBe('failed');
  });
});

test.each([
  [[{ evidence: ['secrets'] }, {}], 'not_evaluated'],
  [[{}, { evidence: ['bandit'] }, { evidence: ['secrets'] }], 'failed'],
])('a control is as good as its worst test', (tests, outcome) => {
  expect(outcomeOf(tests).outcome).toBe(outcome);
});
