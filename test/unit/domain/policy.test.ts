import { describe, expect, test } from '@jest/globals';
import { BUILT_IN_MANIFEST } from '../../../contracts/built-in-manifest.ts';
import type { Finding, Severity } from '../../../contracts/finding.ts';
import { Manifest, type Profile } from '../../../contracts/manifest.ts';
import { gate } from '../../../domain/policy/gate.ts';
import { resolveProfile } from '../../../domain/policy/resolve-profile.ts';

const finding = (severity: Severity): Finding => ({
  fingerprint: '0'.repeat(64),
  tool: 'secrets',
  rule: 'r',
  title: 't',
  severity,
  message: 'm',
  location: { path: 'p', start_line: 1, start_column: 1, end_line: 1, end_column: 1 },
  snippet: 's',
});
const many = (severity: Severity, count: number) => Array.from({ length: count }, () => finding(severity));
const profile = (thresholds: Profile['thresholds']): Profile => ({
  name: 'p',
  tools: ['secrets'],
  thresholds,
});

describe('the gate', () => {
  test('lets as many pass as the threshold says, and not one more', () => {
    expect(gate(many('medium', 2), profile({ medium: 2 }))).toMatchObject({ passed: true, violations: [] });
    expect(gate(many('medium', 3), profile({ medium: 2 }))).toMatchObject({
      passed: false,
      violations: ['medium findings exceeded threshold (3 > 2)'],
    });
  });

  test('takes a threshold of nought at its word', () => {
    expect(gate(many('critical', 1), profile({ critical: 0 })).passed).toBe(false);
    expect(gate([], profile({ critical: 0 })).passed).toBe(true);
  });

  test('does not limit a severity that is not named', () => {
    expect(gate([...many('low', 99), ...many('info', 99)], profile({ critical: 0 })).passed).toBe(true);
  });

  test('names every violation, worst first, and counts all', () => {
    const result = gate(
      [...many('low', 2), ...many('critical', 1), ...many('info', 4)],
      profile({ critical: 0, low: 1 }),
    );
    expect(result.violations.map((line) => line.split(' ')[0])).toEqual(['critical', 'low']);
    expect(result.counts).toEqual({ critical: 1, high: 0, medium: 0, low: 2, info: 4 });
  });
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
