import { expect, test } from '@jest/globals';
import { WorkflowFailedError } from '@temporalio/client';
import { ActivityFailure, ApplicationFailure, RetryState } from '@temporalio/common';
import { endedWithin } from '../../../api/ended-within.ts';

let asking: AbortSignal | undefined;
const temporal = {
  withAbortSignal: <R>(signal: AbortSignal, ask: () => Promise<R>): Promise<R> => {
    asking = signal;
    return ask();
  },
};
const within = (result: () => Promise<unknown>, milliseconds = 60_000) =>
  endedWithin(temporal, { result }, milliseconds);
const failedBy = (cause: Error) => async () => {
  const step = new ActivityFailure('failed', 'step', '1', RetryState.NON_RETRYABLE_FAILURE, 'worker', cause);
  throw new WorkflowFailedError('failed', step, RetryState.NON_RETRYABLE_FAILURE);
};

test('a run that ends in time answers', async () => {
  expect(await within(async () => 7)).toEqual({ result: 7 });
});

test('one that goes on is asked no longer', async () => {
  expect(await within(() => new Promise(() => undefined), 1)).toBeUndefined();
  expect(asking?.aborted).toBe(true);
});

test('one that failed throws what its step said, and nothing of errors that are not ours', async () => {
  const ours = ApplicationFailure.nonRetryable('keys cannot be made here', 'key_unusable');
  await expect(within(failedBy(ours))).rejects.toMatchObject({
    code: 'key_unusable',
    message: 'keys cannot be made here',
  });
  const theirs = ApplicationFailure.nonRetryable('secret', 'TypeError');
  await expect(within(failedBy(theirs))).rejects.toMatchObject({
    code: 'internal_error',
    message: 'the run ended without a reason',
  });
});

test('an engine that does not answer is told as it is', async () => {
  await expect(within(() => Promise.reject(new Error('unreachable')))).rejects.toThrow('unreachable');
});
