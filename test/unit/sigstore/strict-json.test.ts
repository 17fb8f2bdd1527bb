import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readStrictJson } from '../../../domain/sigstore/strict-json.ts';

const read = (text: string | Uint8Array, maxBytes = 1_000_000) =>
  readStrictJson(typeof text === 'string' ? Buffer.from(text) : text, maxBytes);

test('whatever JSON.stringify writes is read as it was', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 8 }), fc.constantFrom(0, 1, 4), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      expect(read(text)).toEqual(JSON.parse(text));
    }),
  );
});

describe('refuses', () => {
  test.each([
    ['a key twice', '{"a":1,"a":1}'],
    ['a key twice, apart', '{"a":{"b":[{}]},"c":2,"a":3}'],
    ['a key twice, written in two ways', String.raw`{"a":1,"\u0061":2}`],
    ['a key twice, in a list', '[{"x":{"y":1 , "y" : 2}}]'],
    ['a key twice behind text with quotes', String.raw`{"a":"\\\"{","b":1,"b":2}`],
    ['the prototype, twice', '{"__proto__":1,"__proto__":2}'],
    ['text that ends early', '{"a":1'],
    ['two documents', '{}{}'],
    ['a mark of the byte order', '\ufeff{}'],
    ['nesting without end', `${'['.repeat(100)}${']'.repeat(100)}`],
    ['nothing', ''],
  ])('%s', (_, text) => {
    expect(() => read(text)).toThrow(SyntaxError);
  });

  test('bytes that are no UTF-8, and more of them than allowed', () => {
    expect(() => read(Buffer.from([0x22, 0xc3, 0x28, 0x22]))).toThrow(SyntaxError);
    expect(read('[1]', 3)).toEqual([1]);
    expect(() => read('[1]', 2)).toThrow(SyntaxError);
  });
});

test('the same key in different objects, and texts that look like keys, are nothing strange', () => {
  for (const text of [
    '{"a":{"a":{"a":1}}}',
    '[{"a":1},{"a":1}]',
    '{"a":"a","b":"a"}',
    String.raw`{"a":"\"a\":1","b":"}{"}`,
    String.raw`{"a\\":1,"a":2}`,
  ])
    expect(read(text)).toEqual(JSON.parse(text));
});
