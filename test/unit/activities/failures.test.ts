import { describe, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/activity';
import { defaultFailureConverter, defaultPayloadConverter } from '@temporalio/common';
import { z } from 'zod';
import { toTemporalFailure } from '../../../activities/failures.ts';
import { CertusError } from '../../../contracts/errors.ts';
import { CustodyError } from '../../../domain/custody/custody-error.ts';

const SECRET = 'AKIAIOSFODNN7EXAMPLE';

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('content that cannot be read is not tried again, and not quoted', () => {
  test.each<[string, unknown]>([
    ['a link that does not hold', new CustodyError('malformed', `not expected: ${SECRET}`)],
    ['another document', thrownBy(() => z.strictObject({}).parse({ [SECRET]: 1 }))],
    ['no JSON', thrownBy(() => JSON.parse(SECRET))],
  ])('%s', (_, error) => {
    const failure = toTemporalFailure(error) as ApplicationFailure;
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({ type: 'bundle_invalid', nonRetryable: true });
    expect(inHistory(failure)).not.toContain(SECRET);
  });
});

test.each([
  ['dependency_unavailable', false],
  ['permit_invalid', true],
] as const)('%s says by itself whether another try can help', (code, nonRetryable) => {
  const failure = toTemporalFailure(new CertusError(code, 'why'));
  expect(failure).toMatchObject({ type: code, message: 'why', nonRetryable });
});

test('a history holds neither the cause nor where in the code it happened', () => {
  const cause = new Error(`cannot open /home/certus/${SECRET}`);
  const history = inHistory(toTemporalFailure(new CertusError('key_unusable', 'no key', { cause })));
  expect(history).toContain('no key');
  expect(history).not.toContain(SECRET);
  expect(history).not.toContain('failures.ts');
});

test('a surprise stays what it is, and is tried again', () => {
  const bug = new TypeError('x is not a function');
  expect(toTemporalFailure(bug)).toBe(bug);
});

const inHistory = (failure: unknown): string =>
  JSON.stringify(defaultFailureConverter.errorToFailure(failure, defaultPayloadConverter));
