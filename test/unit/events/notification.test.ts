import { expect, test } from '@jest/globals';
import { notification, parseNotification } from '../../../services/events/notification.ts';

test('what is told is understood', () => {
  const scope = { tenant: 'acme', workspace: 'w-1' };
  expect(parseNotification(notification(scope, 'test_0123456789ab', 512))).toEqual({
    stream: 'acme/w-1/test_0123456789ab',
    length: 512,
  });
});

test.each([
  undefined,
  '',
  'x',
  'a/b/c',
  'a/b/c:',
  'a/b/c:0',
  'a/b/c:-1',
  'a/b/c:1e9',
  'a:b:1',
  `a:${'9'.repeat(20)}`,
])('%j is of somebody else', (payload) => {
  expect(parseNotification(payload)).toBeUndefined();
});
