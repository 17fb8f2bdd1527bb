import { expect, test } from '@jest/globals';
import { storable } from '../../../services/database/storable.ts';

test('what is clean is given back as it is', () => {
  const clean = {
    text: 'ein Reiher 🐦',
    at: new Date(0),
    list: ['a', { b: null }],
    bytes: new Uint8Array(2),
  };
  expect(storable(clean)).toBe(clean);
});

test.each([
  [{ a: 'x\0y' }, { a: 'x\ufffdy' }],
  [{ a: { b: ['half \ud800'] } }, { a: { b: ['half \ufffd'] } }],
  [
    { 'k\0': 1, same: [1] },
    { 'k\ufffd': 1, same: [1] },
  ],
  [
    ['ok', '\0'],
    ['ok', '\ufffd'],
  ],
  [JSON.parse('{"__proto__":"\\u0000"}'), JSON.parse('{"__proto__":"\\ufffd"}')],
])(
  'what Postgres refuses is replaced wherever it stands, and nothing of what was given changes: %j',
  (given, wanted) => {
    const before = JSON.stringify(given);
    expect(storable(given)).toEqual(wanted);
    expect(JSON.stringify(given)).toBe(before);
  },
);
