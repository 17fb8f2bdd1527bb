import { expect, test } from '@jest/globals';
import { canonicalJson } from '../../../contracts/canonical-json.ts';

test('the order in which keys were set makes no difference, at any depth', () => {
  const one = { b: [{ y: 1, x: 2 }], a: { d: null, c: 'é' } };
  const other = { a: { c: 'é', d: null }, b: [{ x: 2, y: 1 }] };
  expect(canonicalJson(one)).toBe(canonicalJson(other));
  expect(canonicalJson(one)).toBe('{"a":{"c":"é","d":null},"b":[{"x":2,"y":1}]}');
});

test('the order of a list does', () => {
  expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]));
});

test('what is undefined is as if it were not there', () => {
  expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
});

test('keys that look like numbers are sorted like all others, whoever made the object', () => {
  expect(canonicalJson({ 10: 'a', 9: 'b', x: 'c' })).toBe(canonicalJson({ x: 'c', 9: 'b', 10: 'a' }));
});

test('a key named __proto__ is a key', () => {
  expect(canonicalJson(JSON.parse('{"__proto__":{"a":1}}'))).toBe('{"__proto__":{"a":1}}');
});
