import { describe, expect, test } from '@jest/globals';
import { MEDIA_HEAD_BYTES, mediaTypeOf } from '../../../services/files/media-type.ts';
import { zipOf } from '../archive/archives.ts';

describe('the type of what was uploaded', () => {
  test.each([
    ['application/pdf', '%PDF-1.7\n%âãÏÓ\n'],
    ['application/rtf', '{\\rtf1\\ansi hello}'],
    ['text/html', '\ufeff <!DOCTYPE html><p>x'],
    ['text/html', '<!-- x --> <html>'],
    ['image/svg+xml', '<?xml version="1.0"?>\n<svg xmlns="x"/>'],
    ['application/xml', '<?xml version="1.0"?><a/>'],
    ['application/json', '{"a": 1}'],
    ['application/json', '[\n  {"a": 1}]'],
    ['message/rfc822', 'Received: from a\nFrom: x@example.org\n\nhello'],
    ['text/plain', '# A heading\n\nSome text, größer.\n'],
    ['text/plain', '[a link](x)'],
    ['text/plain', ''],
  ])('%s', async (type, text) => {
    expect(await mediaTypeOf(Buffer.from(text))).toBe(type);
  });

  test('is none for bytes that are nothing', async () => {
    expect(await mediaTypeOf(Buffer.from([0, 1, 2, 3, 0xff]))).toBe('application/octet-stream');
    expect(await mediaTypeOf(Buffer.from('text with a \0'))).toBe('application/octet-stream');
    expect(await mediaTypeOf(Buffer.from([0x61, 0xff, 0x62]))).toBe('application/octet-stream');
  });

  test('is text where the last character is cut in two', async () => {
    const text = Buffer.from('ü'.repeat(MEDIA_HEAD_BYTES / 2 + 1)).subarray(1);
    expect(await mediaTypeOf(text.subarray(1, MEDIA_HEAD_BYTES))).toBe('text/plain');
  });

  test('of a container is told by what is in it, and a broken one does no harm', async () => {
    const zip = zipOf([{ name: 'a.txt', body: 'x' }]);
    expect(await mediaTypeOf(zip)).toBe('application/zip');
    expect(await mediaTypeOf(zip.subarray(0, 20))).toBe('application/zip');
  });

  test('is found in no time in text made to be slow', async () => {
    for (const text of [
      '<!--'.repeat(16_000),
      '{ '.repeat(30_000),
      ' '.repeat(64_000),
      'received:'.repeat(7000),
    ])
      expect(await mediaTypeOf(Buffer.from(text))).toBe('text/plain');
  });
});
