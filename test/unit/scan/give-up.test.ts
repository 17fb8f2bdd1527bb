import { describe, expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { givingUpOnRemotes } from '../../../activities/scan/give-up.ts';
import { CertusError, type ErrorCode } from '../../../contracts/errors.ts';

const attempt = (attempt: number, code: ErrorCode) =>
  new MockActivityEnvironment({ attempt }).run(() =>
    givingUpOnRemotes(() => Promise.reject(new CertusError(code, 'no answer'))),
  );

describe('a source that cannot be reached', () => {
  test.each([1, 2, 3])('is worth another try after attempt %d', async (number) => {
    await expect(attempt(number, 'source_unreachable')).rejects.toBeInstanceOf(CertusError);
  });

  test.each([4, 5])('is given up at attempt %d, by its own code', async (number) => {
    await expect(attempt(number, 'source_unreachable')).rejects.toMatchObject({
      type: 'source_unreachable',
      nonRetryable: true,
    });
  });

  test('and a manifest that cannot be, are given up alike', async () => {
    await expect(attempt(3, 'manifest_unreachable')).rejects.toBeInstanceOf(CertusError);
    await expect(attempt(4, 'manifest_unreachable')).rejects.toMatchObject({ nonRetryable: true });
  });

  test('says nothing about a server of ours, however long that is away', async () => {
    await expect(attempt(100, 'dependency_unavailable')).rejects.toMatchObject({
      code: 'dependency_unavailable',
    });
  });
});
