import { expect, test } from '@jest/globals';
import { maskOrigin } from '../../../domain/ingest/mask-origin.ts';

const HIDDEN = '[hidden]';
const shown = (branch: string) => maskOrigin({ location: '', extra: { branch } }, () => HIDDEN).extra.branch;

test.each([
  '+4915112345678',
  '4111111111111111',
  '4111-1111-1111-1111',
  '078-05-1120',
  '1985-03-12',
  '192.168.100.100',
])('%s may be somebody’s, and is looked at', (value) => {
  expect(shown(value)).toBe(HIDDEN);
  expect(maskOrigin({ location: value, extra: {} }, () => HIDDEN).location).toBe(HIDDEN);
});

test.each(['', '17', 'a'.repeat(40), 'b'.repeat(64), '2026-01-02T03:04:05.678Z', '2026-01-02T03:04+01:00'])(
  '%s is nobody’s',
  (value) => {
    expect(shown(value)).toBe(value);
  },
);
