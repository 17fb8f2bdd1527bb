import { describe, expect, test } from '@jest/globals';
import { readArguments, UsageError } from '../../../infra/local/embedded/arguments.ts';

describe('the words after npm start', () => {
  test('nothing serves', () => {
    expect(readArguments([])).toMatchObject({ once: false, json: false, detach: false, target: undefined });
  });

  test('a target and JSON for one run', () => {
    const given = readArguments(['--once', '-o', 'json', '/srv/shop']);
    expect(given).toMatchObject({ once: true, json: true, target: '/srv/shop' });
  });

  test.each([
    [['a', 'b']],
    [['-o', 'json']],
    [['--once', '-o', 'yaml']],
    [['--once', '--detach']],
    [['--twice']],
  ])('%j is refused', (words) => {
    expect(() => readArguments(words)).toThrow(UsageError);
  });
});
