import { describe, expect, test } from '@jest/globals';
import { comparatorFor } from '../../../domain/advisories/versions/comparator.ts';

/** Each list in ascending order; what stands together in one text is equal. */
const ORDERED: Record<string, string[]> = {
  npm: [
    '0.0.1-alpha',
    '0.0.1',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-rc.2',
    '1.0.0-rc.10',
    '1.0.0 v1.0.0 1.0',
    '1.0.1',
    '1.10.0',
    '2.0.0',
  ],
  Go: [
    'v0.0.0-20190101000000-abcdefabcdef',
    'v0.0.0-20200101000000-000000000000',
    'v0.1.0-pre',
    '0.1.0 v0.1.0',
    'v1.0.0+incompatible 1.0.0',
    '1.21.0-0',
    '1.21rc2',
    '1.21 1.21.0',
    '1.21.1',
  ],
  'crates.io': ['0.9.9', '1.0.0-beta', '1.0.0+build 1.0.0'],
  PyPI: ['1.0.dev1', '1.0a1', '1.0b2', '1.0rc1', '1.0 1.0.0 v1.0', '1.0+local', '1.0.post1', '1.1', '2!0.1'],
  Maven: [
    '1-alpha2 1-a2',
    '1-alpha-3',
    '1-beta1',
    '1-milestone-1',
    '1-rc 1-cr',
    '1-SNAPSHOT',
    '1 1.0 1.0.0 1-ga 1.final 1-release',
    '1-sp',
    '1-abc',
    '1-1',
    '1.1',
    '1.10',
    '2.0-beta9',
    '2.0',
    '28.0-android',
    '28.0-jre',
    '32.0.0-android',
  ],
  RubyGems: ['1.0.a', '1.0.b1', '1.0.rc1', '1.0 1 1.0.0', '1.0.1', '1.10', '5.2.0.1'],
  Packagist: ['1.0-alpha1', '1.0-beta1', '1.0-RC1', '1.0 v1.0.0', '1.0-p1', '1.0.1', '1.10'],
  NuGet: ['1.0.0-alpha', '1.0.0-BETA 1.0.0-beta', '1.0.0 1.0 1.0.0.0 1.0.0+x', '1.0.0.1', '1.0.10'],
  Debian: ['1.0~rc1-1', '1.0-1', '1.0-1+b1', '1.0-1.1', '1.0a-1', '1.0+dfsg-1', '1.0.1', '1.10', '1:0.5'],
  Alpine: ['1.0_alpha1', '1.0_rc1', '1.0-r0 1.0', '1.0-r1', '1.0_p1', '1.0a', '1.0.1', '1.2', '1.10'],
};

describe.each(Object.entries(ORDERED))('%s', (ecosystem, groups) => {
  const compare = comparatorFor(ecosystem);
  const versions = groups.flatMap((group, rank) => group.split(' ').map((version) => ({ version, rank })));

  test('puts every two versions in the order that they have', () => {
    for (const a of versions) {
      for (const b of versions)
        expect([a.version, b.version, compare?.(a.version, b.version)]).toEqual([
          a.version,
          b.version,
          Math.sign(a.rank - b.rank) + 0,
        ]);
    }
  });
});

test.each([
  ['npm', 'git+ssh://example.org/x'],
  ['PyPI', 'not-a-version'],
  ['RubyGems', '1..2'],
  ['Packagist', 'dev-main'],
  ['NuGet', 'latest'],
  ['Debian', 'a b'],
  ['Alpine', 'edge'],
])('%s: %s has no place in the order', (ecosystem, version) => {
  expect(comparatorFor(ecosystem)?.(version, '1.0.0')).toBeUndefined();
  expect(comparatorFor(ecosystem)?.('1.0.0', version)).toBeUndefined();
});

test('numbers of any length are compared by their value', () => {
  const [big, bigger] = [`1.${'9'.repeat(40)}`, `1.1${'0'.repeat(40)}`];
  for (const ecosystem of ['Maven', 'RubyGems', 'Packagist', 'NuGet', 'Debian', 'Alpine'])
    expect(comparatorFor(ecosystem)?.(big, bigger)).toBe(-1);
});

test('an ecosystem that is not known is not guessed at', () => {
  expect(comparatorFor('CRAN')).toBeNull();
  expect(comparatorFor('Debian:12')).not.toBeNull();
});

test('hostile versions are put in order, or not, at once', () => {
  const odd = [
    '.'.repeat(50_000),
    '-'.repeat(50_000),
    'a1'.repeat(25_000),
    '1.'.repeat(25_000),
    '~'.repeat(50_000),
    '_rc'.repeat(20_000),
  ];
  for (const ecosystem of Object.keys(ORDERED))
    for (const version of odd)
      expect([-1, 0, 1, undefined]).toContain(comparatorFor(ecosystem)?.(version, `${version}1`));
});
