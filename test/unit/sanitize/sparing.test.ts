import { describe, expect, test } from '@jest/globals';
import { PrivacyPolicy } from '../../../contracts/privacy.ts';
import { createDetector } from '../../../domain/sanitize/create-detector.ts';
import { indexPolicy } from '../../../domain/sanitize/index-policy.ts';
import { maskText } from '../../../domain/sanitize/mask-text.ts';
import { createSanitizer } from '../../../domain/sanitize/operators/sanitize.ts';
import { tenantSanitizeKey } from '../../../domain/sanitize/operators/sanitize-key.ts';
import { sparing } from '../../../domain/sanitize/operators/sparing.ts';

const key = tenantSanitizeKey(new Uint8Array(32).fill(7), 'acme');
const policy = PrivacyPolicy.parse({
  schema: 'https://certus.dev/privacy-policy/v1',
  name: 'of a test',
  custom: [{ type: 'CUSTOMER_NUMBER', pattern: 'KD-[0-9]{6}' }],
});
const strict = indexPolicy(policy);
const bare = createDetector(strict, 'documents', 'anybodys');
const detector = sparing(bare, strict);

const LETTER = [
  'Dear Mr. Jonathan Whitfield, your card is 4556 7375 8689 9855 and your number KD-123456.',
  'Write to jonathan.WHITFIELD@fastpost.de or call +49 30 901820; password = "hunter2-Correct-Horse-9x7Q"',
  'name,email,iban\nMaria Schneider,maria@fastpost.de,DE89 3704 0044 0532 0130 00',
  'token: ghp_0123456789abcdefghijABCDEFGHIJ012345, born 12 March 1981',
].join('\n');

describe('what was sanitized before it came here', () => {
  test.each(['pseudonymise', 'hash', 'mask'] as const)('stays as it is: %s', (operator) => {
    const { text, counts } = createSanitizer({ policy: strict, operator, key }).sanitize(LETTER);
    expect(Object.keys(counts).length).toBeGreaterThan(5);
    expect(maskText(text, detector.detect(text))).toBe(text);
    const inJson = JSON.stringify({ customer: { name: text, contact: text, secret: text } });
    expect(maskText(inJson, detector.detect(inJson, { format: 'json' }))).toBe(inJson);
  });

  test('would be masked again by a detector that knows nothing of pseudonyms', () => {
    const words = ['token', 'password', 'api_key', 'name', 'Mr.', 'contact'];
    const { text: name } = createSanitizer({ operator: 'pseudonymise', key }).sanitize('jo@fastpost.de');
    const text = words.map((word) => `${word} = "${name}"`).join('\n');
    expect(bare.detect(text)).not.toEqual([]);
    expect(detector.detect(text)).toEqual([]);
  });

  test('has no more than its stand-ins spared: what stands beside one is found', () => {
    const { text: name } = createSanitizer({ operator: 'pseudonymise', key }).sanitize('jo@fastpost.de');
    const text = `${name} and ann@fastpost.de, [PERSON] at +49 30 901820`;
    expect(detector.detect(text).map(({ type }) => type)).toEqual(['EMAIL_ADDRESS', 'PHONE_NUMBER']);
  });

  test('is not what only looks like it: of a kind that nobody knows, or of no length of ours', () => {
    const letters = 'k7fq2xw5mzd4pnhs3yt6'; // of a length that no stand-in has
    for (const value of [
      `[NOBODY_KNOWS_${letters}]`,
      `[PERSON_${letters}]`,
      `[PERSON_${letters.slice(0, 8)}]`,
    ]) {
      const text = `password = "${value}"`;
      expect(detector.detect(text)).toEqual(bare.detect(text));
      expect(detector.detect(text).map(({ type }) => type)).toContain('SECRET');
    }
  });
});
