import { describe, expect, test } from '@jest/globals';
import { createDetector } from '../../../domain/sanitize/create-detector.ts';
import { DEFAULT_PRIVACY_POLICY } from '../../../domain/sanitize/default-privacy-policy.ts';
import { indexPolicy } from '../../../domain/sanitize/index-policy.ts';
import { maskText } from '../../../domain/sanitize/mask-text.ts';

const detector = createDetector(indexPolicy(DEFAULT_PRIVACY_POLICY), 'documents', 'anybodys');
const masked = (text: string): string => maskText(text, detector.detect(text));
const EMAIL = ['inna.keller', 'nordwind-versand.de'].join('@');
const base64 = (text: string, encoding: BufferEncoding = 'utf8'): string =>
  Buffer.from(text, encoding).toString('base64');

describe('an address in another dress', () => {
  test.each([
    ['of a link', '?cc=inna.keller%40nordwind-versand.de&a=b', '?cc=[EMAIL_ADDRESS]&a=b'],
    ['of a link in a link', '?u=inna.keller%2540nordwind-versand.de', '?u=[EMAIL_ADDRESS]'],
    ['of a program', "a = 'inna.keller\\u0040nordwind-versand.de';", "a = '[EMAIL_ADDRESS]';"],
    ['of a shell', 'inna.keller\\x40nordwind-versand.de', '[EMAIL_ADDRESS]'],
    ['of a page', 'inna.keller&#64;nordwind-versand.de', '[EMAIL_ADDRESS]'],
    ['of a page, in hex', '<inna.keller&#x0040;nordwind-versand.de>', '<[EMAIL_ADDRESS]>'],
    ['of a page, by name', 'inna.keller&commat;nordwind-versand.de', '[EMAIL_ADDRESS]'],
    ['whose last letter is one', 'inna.keller@nordwind-versand.d%65 x', '[EMAIL_ADDRESS] x'],
    ['that names a file', `see ${EMAIL}.zip`, 'see [EMAIL_ADDRESS]'],
    ['of base64', `auth: ${base64(`write to ${EMAIL}`)}, more`, 'auth: [EMAIL_ADDRESS], more'],
    ['of base64 in base64', `x ${base64(base64(`mail ${EMAIL}`))}`, 'x [EMAIL_ADDRESS]'],
    ['of wide letters in base64', `-enc ${base64(`mail ${EMAIL}`, 'utf16le')}`, '-enc [EMAIL_ADDRESS]'],
  ])('%s is masked from its first sign to its last', (_, text, expected) => {
    expect(masked(text)).toBe(expected);
  });

  test.each([
    ['a share', 'grows by 40%40 in total'],
    ['a path of another system', 'C:\\x64\\bin\\tool.exe'],
    ['a picture for sharp screens', 'icon@2x.de.png and logo@3x.png'],
    ['words in base64 that say nothing of anybody', base64('nothing but the morning in the valley')],
    ['a digest', '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
    ['a path', 'src/domain/sanitize/kinds/person-fields-and-more'],
    ['a day', 'Date: Mon, 5 Jan 2026 10:00:00 +0000'],
  ])('%s stays', (_, text) => {
    expect(masked(text)).toBe(text);
  });
});

test.each([
  ['escapes', '%41'.repeat(100_000)],
  ['escapes of escapes', '%2525252525'.repeat(20_000)],
  ['entities', '&#64;'.repeat(40_000)],
  ['base64 of nothing', base64('a '.repeat(100_000))],
  ['base64 in base64 in base64', base64(base64(base64('mail '.repeat(20_000))))],
  ['words that are too long', 'aB3_'.repeat(220_000)],
])('a hostile text of %s comes to its end', (_, text) => {
  expect(masked(text).length).toBeGreaterThan(0);
});
