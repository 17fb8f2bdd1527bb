import { describe, expect, test } from '@jest/globals';
import type { Advisory, AffectedVersions } from '../../../contracts/advisory.ts';
import { affects } from '../../../domain/advisories/affects.ts';
import { groupMatches } from '../../../domain/advisories/group.ts';
import { scoreOf, severityOfScore } from '../../../domain/advisories/score.ts';

const advisory = (affected: Partial<AffectedVersions>, more: Partial<Advisory> = {}): Advisory => ({
  ...{ id: 'GHSA-1', modified: '', aliases: [], upstream: [], summary: '', severity: [], label: null },
  affected: [{ ecosystem: 'npm', severity: [], ranges: [], versions: [], ...affected }],
  ...more,
});
const events = (...list: Record<string, string>[]): Partial<AffectedVersions> => ({
  ranges: [{ type: 'SEMVER', events: list }],
});
const hit = (affected: Partial<AffectedVersions>, version: string) =>
  affects(advisory(affected), 'npm', version);

describe('a version is affected', () => {
  const twice = events(
    { introduced: '2.0.0' },
    { fixed: '1.2.0' },
    { introduced: '1.0.0' },
    { fixed: '2.1.0' },
  );
  test.each([
    ['0.9.9', false, null],
    ['1.0.0', true, '1.2.0'],
    ['1.2.0-rc.1', true, '1.2.0'],
    ['1.2.0', false, null],
    ['2.0.5', true, '2.1.0'],
    ['2.1.0', false, null],
  ])(
    'between what introduced and what fixed it, in whatever order these stand: %s',
    (version, isAffected, fixed) => {
      expect(hit(twice, version)).toEqual({ isAffected, fixed, isUndecided: false });
    },
  );

  test('up to and with the last one that is', () => {
    const last = events({ introduced: '0' }, { last_affected: '1.5.0' });
    expect([hit(last, '1.5.0').isAffected, hit(last, '1.5.1').isAffected]).toEqual([true, false]);
    expect(hit(last, '1.5.0').fixed).toBeNull();
  });

  test('below a limit', () => {
    const limited = events({ introduced: '1.0.0' }, { limit: '1.5.0' });
    expect([hit(limited, '1.4.9').isAffected, hit(limited, '1.5.0').isAffected]).toEqual([true, false]);
  });

  test('when it is listed, whatever the ranges say', () => {
    const listed = { versions: ['1.0.0', 'weird'], ranges: events({ introduced: '5.0.0' }).ranges ?? [] };
    expect(hit(listed, '1.0.0').isAffected).toBe(true);
    expect(hit(listed, 'weird').isAffected).toBe(true);
    expect(hit(listed, '1.0.1').isAffected).toBe(false);
  });

  test('always, when all are', () => {
    expect(hit(events({ introduced: '0' }), 'git+https://example.org').isAffected).toBe(true);
  });

  test('not by what is said of another release of the distribution', () => {
    const debian = advisory({ ...events({ introduced: '0' }), ecosystem: 'Debian:11' });
    expect(affects(debian, 'Debian:12', '1.0').isAffected).toBe(false);
    expect(affects(debian, 'Debian:11', '1.0').isAffected).toBe(true);
  });
});

test('a version without a place in the order is neither affected nor safe', () => {
  const ranged = events({ introduced: '1.0.0' }, { fixed: '2.0.0' });
  expect(hit(ranged, 'main')).toEqual({ isAffected: false, fixed: null, isUndecided: true });
  expect(hit(ranged, '3.0.0').isUndecided).toBe(false);
});

describe('scores', () => {
  test.each([
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', 9.8, 'critical'],
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H', 10, 'critical'],
    ['CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N', 6.1, 'medium'],
    ['CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N', 1.8, 'low'],
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N', 0, 'info'],
    ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', 9.3, 'critical'],
    ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H', 10, 'critical'],
  ])('of %s', (score, expected, severity) => {
    expect(scoreOf([{ type: 'CVSS', score }])).toBe(expected);
    expect(severityOfScore(expected)).toBe(severity);
  });

  test.each([
    '',
    '9.8',
    'CVSS:3.1/AV:N',
    'CVSS:3.1/AV:Q/AC:L',
    'CVSS:4.0/__proto__:N',
    'CVSS:9.0/AV:N',
    `CVSS:3.1/${'A'.repeat(1000)}`,
  ])('of what is no vector there are none: %s', (score) =>
    expect(scoreOf([{ type: 'CVSS_V3', score }])).toBeNull(),
  );
});

describe('who writes of the same issue', () => {
  const match = (id: string, ...aliases: string[]) => ({
    advisory: advisory({}, { id, aliases }),
    fixed: null,
  });
  const grouped = (...matches: ReturnType<typeof match>[]) =>
    groupMatches(matches).map((group) => group.map(({ advisory: { id } }) => id));

  test('is told by aliases, also by way of a third, and GitHub leads', () => {
    expect(grouped(match('PYSEC-1', 'CVE-1'), match('GHSA-1', 'CVE-1'), match('OTHER-1'))).toEqual([
      ['GHSA-1', 'PYSEC-1'],
      ['OTHER-1'],
    ]);
    expect(grouped(match('GO-1'), match('GHSA-1', 'GO-1'))).toEqual([['GHSA-1', 'GO-1']]);
    expect(grouped(match('A-1', 'X'), match('B-1', 'Y'), match('C-1', 'X', 'Y'))).toEqual([
      ['A-1', 'B-1', 'C-1'],
    ]);
  });

  test('and not by what an advisory rests on: a distribution bundles issues', () => {
    const dsa = { advisory: advisory({}, { id: 'DSA-1', upstream: ['CVE-1', 'CVE-2'] }), fixed: null };
    expect(groupMatches([dsa, match('CVE-1'), match('CVE-2')])).toHaveLength(3);
  });
});
