import { expect, test } from '@jest/globals';
import { AtOnce } from '../../../api/archives/at-once.ts';
import { CertusError } from '../../../contracts/errors.ts';

test('the next one too many is sent away, and let in once there is room', async () => {
  const uploads = new AtOnce(2);
  const { promise, resolve } = Promise.withResolvers<string>();
  const running = [uploads.during(() => promise), uploads.during(() => promise)];
  await expect(uploads.during(async () => 'third')).rejects.toMatchObject({ code: 'dependency_unavailable' });
  resolve('done');
  expect(await Promise.all(running)).toEqual(['done', 'done']);
  expect(await uploads.during(async () => 'third')).toBe('third');
  await expect(uploads.during(async () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await Promise.all([uploads.during(async () => 1), uploads.during(async () => 2)])).toEqual([1, 2]);
});

test('what is beyond them is refused as was said', async () => {
  const deliveries = new AtOnce(1, (most) => new CertusError('delivery_waits', `${most} is here`));
  const { promise, resolve } = Promise.withResolvers<void>();
  const first = deliveries.during(() => promise);
  await expect(deliveries.during(async () => 'second')).rejects.toMatchObject({
    ...{ code: 'delivery_waits', message: '1 is here' },
  });
  resolve();
  await first;
  expect(await deliveries.during(async () => 'third')).toBe('third');
});
