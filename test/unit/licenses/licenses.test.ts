import { describe, expect, test } from '@jest/globals';
import { scanLicenses } from '../../../activities/scan/built-in/licenses.ts';
import { judgeLicenses } from '../../../domain/licenses/policy.ts';
import { fixture } from '../components/bills.ts';

describe('whether a licence is denied', () => {
  const DENIED = ['GPL-*', 'AGPL-3.0-only', 'proprietary'];
  test.each([
    ['MIT', 'allowed'],
    ['GPL-3.0-only', 'denied'],
    ['gpl-2.0+', 'denied'],
    ['LGPL-3.0-only', 'allowed'],
    ['AGPL-3.0', 'denied'],
    ['AGPL-3.0-or-later', 'allowed'],
    ['MIT OR GPL-3.0-only', 'allowed'],
    ['GPL-2.0-only OR GPL-3.0-only', 'denied'],
    ['MIT AND GPL-3.0-only', 'denied'],
    ['MIT AND (ISC OR GPL-3.0-only)', 'allowed'],
    ['(MIT AND GPL-3.0-only) OR (ISC AND GPL-2.0-only)', 'denied'],
    ['GPL-2.0-only WITH Classpath-exception-2.0', 'denied'],
    ['Proprietary', 'denied'],
    ['SEE LICENSE IN file', 'unknown'],
    ['', 'unknown'],
    [`${'('.repeat(100_000)}MIT`, 'unknown'],
  ])('%s', (license, verdict) => {
    expect(judgeLicenses([license], DENIED)).toBe(verdict);
  });

  test('of several to choose from all must be', () => {
    expect(judgeLicenses(['GPL-2.0-only', 'MIT'], DENIED)).toBe('allowed');
    expect(judgeLicenses(['GPL-2.0-only', 'AGPL-3.0-only'], DENIED)).toBe('denied');
    expect(judgeLicenses(['GPL-2.0-only', 'who knows'], DENIED)).toBe('unknown');
    expect(judgeLicenses([], DENIED)).toBe('unknown');
  });

  test('with nothing denied, nothing is', () => {
    expect(judgeLicenses(['GPL-3.0-only'], [])).toBe('allowed');
  });

  test('an older name denies the newer one too', () => {
    expect(judgeLicenses(['GPL-3.0-only'], ['GPL-3.0'])).toBe('denied');
    expect(judgeLicenses(['GPL-3.0-or-later'], ['GPL-3.0+'])).toBe('denied');
    expect(judgeLicenses(['GPL-3.0-or-later'], ['GPL-3.0'])).toBe('allowed');
  });
});

describe('findings', () => {
  const found = async (name: string, deniedLicenses: string[]) =>
    (await scanLicenses({ ...fixture(name), deniedLicenses })).drafts;

  test('one for each package that is denied, where its lockfile names it', async () => {
    const drafts = await found('npm-v3', ['GPL-*']);
    expect(
      drafts.map(({ rule, severity, package: about, location }) => [
        rule,
        severity,
        about?.purl,
        location?.start_line,
      ]),
    ).toEqual([['license-denied', 'high', 'pkg:npm/lodash@3.10.1', 42]]);
    expect(await found('npm-v3', [])).toEqual([]);
  });

  test('one for all packages of a file that tell none', async () => {
    const drafts = await found('cargo', ['GPL-*']);
    expect(drafts.map(({ rule, severity, location }) => [rule, severity, location?.path])).toEqual([
      ['license-unknown', 'info', 'Cargo.lock'],
    ]);
    expect(drafts[0]?.message).toContain('Of 3 packages');
  });
});
