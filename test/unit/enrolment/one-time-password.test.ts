import { expect, test } from '@jest/globals';
import { newPassword, passwordDigest } from '../../../api/enrolment/one-time-password.ts';

test('a password has 120 bits in letters that nobody confuses', () => {
  const many = Array.from({ length: 200 }, newPassword);
  for (const password of many) expect(password).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){5}$/);
  expect(new Set(many).size).toBe(many.length);
  // every letter of the alphabet turns up: 4800 draws from 32
  expect(new Set(many.join('').replaceAll('-', '')).size).toBe(32);
});

test('how it was typed does not matter, what was typed does', () => {
  const digest = passwordDigest('7K3M-9QXA-0PDT-E4HN-WZ52-1RCB');
  expect(passwordDigest(' 7k3m 9qxa opdt e4hn wz52 lrcb ')).toBe(digest);
  expect(passwordDigest('7K3M-9QXA-0PDT-E4HN-WZ52-1RCC')).not.toBe(digest);
});
