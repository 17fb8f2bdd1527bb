import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PrivacyPolicy } from '../../../contracts/privacy.ts';
import { SanitizeOperator } from '../../../contracts/sanitize.ts';
import { restore } from '../../../domain/sanitize/operators/restore.ts';
import { createSanitizer, type SanitizerOptions } from '../../../domain/sanitize/operators/sanitize.ts';
import { tenantSanitizeKey } from '../../../domain/sanitize/operators/sanitize-key.ts';
import { CARD, EMAIL, IBAN, PHONE, texts } from './pieces.ts';

const SECRET = new Uint8Array(32).fill(7);
const key = tenantSanitizeKey(SECRET, 'acme');
const other = tenantSanitizeKey(SECRET, 'umbrella');
const sanitizer = (options: SanitizerOptions) => createSanitizer({ key, ...options });
const sanitized = (text: string, options: SanitizerOptions = {}) => sanitizer(options).sanitize(text).text;
const policy = (given: object): PrivacyPolicy =>
  PrivacyPolicy.parse({ schema: 'https://certus.dev/privacy-policy/v1', name: 'own', ...given });

describe('what comes into the place of a value', () => {
  const text = `Write to ${EMAIL}, or call ${PHONE}.`;

  test.each<[SanitizeOperator, RegExp]>([
    ['mask', /^Write to \[EMAIL_ADDRESS\], or call \[PHONE_NUMBER\]\.$/],
    ['redact', /^Write to , or call \.$/],
    ['mask_characters', /^Write to \*{21}, or call \*{3} \*{2} \*{6} \*{2}\.$/],
    ['hash', /^Write to \[EMAIL_ADDRESS_[a-z2-7]{16}\], or call \[PHONE_NUMBER_[a-z2-7]{16}\]\.$/],
    [
      'pseudonymise',
      /^Write to \[EMAIL_ADDRESS_[a-z2-7]{32,}\], or call \[PHONE_NUMBER_[a-z2-7]{32,}~[a-z2-7]{32,}\]\.$/,
    ],
    ['keep', /^Write to jo\.moreno@fastpost\.de, or call \+49 30 901820 17\.$/],
  ])('%s', (operator, expected) => {
    expect(sanitized(text, { operator })).toMatch(expected);
  });

  test('is by kind where that is said, and what is found is told with its place and nothing else', () => {
    const operators = { EMAIL_ADDRESS: 'redact', PHONE_NUMBER: 'keep' } as const;
    const done = sanitizer({ operators }).sanitize(`${text} ${IBAN}`);
    expect(done.text).toBe(`Write to , or call ${PHONE}. [IBAN_CODE]`);
    expect(done.counts).toEqual({ EMAIL_ADDRESS: 1, IBAN_CODE: 1 });
    expect(done.findings).toMatchObject([
      { type: 'EMAIL_ADDRESS', start: 9, end: 9 + EMAIL.length },
      { type: 'IBAN_CODE', score: expect.any(Number) },
    ]);
    expect(JSON.stringify(done.findings)).not.toContain('moreno');
  });

  test('needs a key where it must not be guessed', () => {
    for (const operator of ['hash', 'pseudonymise'] as const) {
      expect(() => createSanitizer({ operator })).toThrow(
        expect.objectContaining({ code: 'no_sanitize_key' }),
      );
      expect(() => createSanitizer({ operators: { PERSON: operator } })).toThrow(/key/);
    }
  });

  test('what the policy ignores, lets pass or is less sure of stays', () => {
    const documents = { actions: { EMAIL_ADDRESS: 'ignore' } };
    expect(sanitized(text, { policy: policy({ documents }) })).toContain(EMAIL);
    expect(sanitized(text, { policy: policy({ allow: [{ value: EMAIL }] }) })).toContain(EMAIL);
    const custom = [{ type: 'CUSTOMER', pattern: 'K-[0-9]{6}' }];
    expect(sanitized('K-123456', { policy: policy({ custom }) })).toBe('[CUSTOMER]');
  });

  test('of what overlaps the stricter counts, and all of it', () => {
    const custom = [{ type: 'ACCOUNT', pattern: '[a-z.]+@fast' }];
    const own = policy({ custom });
    const operators = (account: 'redact' | 'pseudonymise') =>
      ({ ACCOUNT: account, EMAIL_ADDRESS: 'mask' }) as const;
    expect(sanitized(`x ${EMAIL} y`, { policy: own, operators: operators('redact') })).toBe('x  y');
    expect(sanitized(`x ${EMAIL} y`, { policy: own, operators: operators('pseudonymise') })).toBe(
      'x [EMAIL_ADDRESS] y',
    );
    // what is kept hides nothing that is not
    expect(sanitized(`x ${EMAIL} y`, { policy: own, operators: { EMAIL_ADDRESS: 'keep' } })).toBe(
      'x [ACCOUNT]post.de y',
    );
  });
});

describe('pseudonyms', () => {
  const pseudonym = (value: string, options: SanitizerOptions = {}) =>
    /[A-Z]\w+_[a-z2-7]+/.exec(sanitized(`call ${value} now`, { operator: 'pseudonymise', ...options }))?.[0];

  test('are the same for the same value however it is spelt, and others for others', () => {
    expect(pseudonym(EMAIL.toUpperCase())).toBe(pseudonym(EMAIL));
    expect(pseudonym('+49 (30) 901820-17')).toBe(pseudonym(PHONE));
    const name = (text: string) =>
      /PERSON_[a-z2-7]+/.exec(sanitized(text, { operator: 'pseudonymise' }))?.[0];
    expect(name('Patient: ADA MORENO')).toBe(name('Patient: Ada Moreno\n'));
    expect(name('Patient: Ada Moreno')).toBeDefined();
    expect(pseudonym(EMAIL)).not.toBe(pseudonym(`x${EMAIL}`));
    expect(pseudonym(EMAIL)).not.toContain('moreno');
  });

  test('are those of one tenant, and nobody else can open them', () => {
    expect(pseudonym(EMAIL, { key: other })).not.toBe(pseudonym(EMAIL));
    const text = sanitized(`to ${EMAIL}`, { operator: 'pseudonymise' });
    expect(restore(text, other)).toEqual({ text, restored: 0, unknown: 1 });
    expect(restore(text, key)).toEqual({ text: `to ${EMAIL}`, restored: 1, unknown: 0 });
  });

  test('that were changed are none', () => {
    const text = sanitized(EMAIL, { operator: 'pseudonymise' });
    const changed = `${text.slice(0, -2)}${text.endsWith('a]') ? 'b' : 'a'}]`;
    expect(restore(changed, key).text).toBe(changed);
    expect(restore(text.replace('EMAIL_ADDRESS', 'PERSON'), key).restored).toBe(0);
  });

  test('give back the text to the letter, whatever it was', () => {
    fc.assert(
      fc.property(texts(), (text) => {
        const { text: written } = sanitizer({
          operator: 'pseudonymise',
          operators: { SECRET: 'keep' },
        }).sanitize(text);
        expect(restore(written, key).text).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  test('do not tell how long a value is, to the letter', () => {
    const lengths = ['ab', 'abc', 'abcd', 'abcde'].map(
      (name) => pseudonym(`${name}${'@'}fastpost.de`)?.length,
    );
    expect(new Set(lengths).size).toBe(1);
  });

  test('are not made of what is too long to be carried', () => {
    const text = `-----BEGIN ${'PRIVATE'} KEY-----\n${`${'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC'.repeat(2)}\n`.repeat(20)}-----END ${'PRIVATE'} KEY-----`;
    expect(sanitized(text, { operator: 'pseudonymise' })).not.toContain('MIIEvQ');
  });
});

describe('whatever the operator', () => {
  const operators = SanitizeOperator.options.filter((operator) => operator !== 'keep');

  test.each(operators)('%s: to sanitize again changes nothing more', (operator) => {
    const one = sanitizer({ operator });
    fc.assert(
      fc.property(texts(), (text) => {
        const once = one.sanitize(text).text;
        expect(one.sanitize(once).text).toBe(once);
      }),
      { numRuns: 300 },
    );
  });

  test.each(operators)('%s: every other letter stays, and none is cut in two', (operator) => {
    const one = sanitizer({ operator });
    const letters = new Intl.Segmenter('en', { granularity: 'grapheme' });
    fc.assert(
      fc.property(texts(), (text) => {
        const { text: after, findings } = one.sanitize(text);
        const borders = new Set([...letters.segment(text)].map(({ index }) => index).concat(text.length));
        let [rest, at] = [after, 0];
        for (const { start, end } of findings) {
          expect([borders.has(start), borders.has(end), start < end, start >= at]).toEqual([
            true,
            true,
            true,
            true,
          ]);
          const before = text.slice(at, start);
          const place = rest.indexOf(before);
          expect(place).toBeGreaterThanOrEqual(0);
          rest = rest.slice(place + before.length);
          at = end;
        }
        expect(rest.endsWith(text.slice(at))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test.each(operators)(
    '%s: nothing of a value is left, also of one that shows only once another is gone',
    (operator) => {
      const text = `${EMAIL}${PHONE} x ${CARD}${EMAIL}`;
      const after = sanitized(text, { operator });
      expect(after).not.toMatch(/moreno|901820|fastpost/);
    },
  );

  test.each(operators)('%s: a document is one of its format afterwards', (operator) => {
    const value = { [EMAIL]: [`a "${EMAIL}" \\ ${PHONE}`, 491715550123], note: `call ${PHONE}` };
    const json = JSON.stringify(value).replaceAll('@', '\\u0040');
    const done = sanitizer({ operator }).sanitize(json, { format: 'json' });
    expect(JSON.stringify(JSON.parse(done.text))).not.toMatch(/moreno|901820/);
    expect(Object.keys(JSON.parse(done.text))).toHaveLength(2);
    expect(done.findings.map(({ start, end }) => json.slice(start, end)).join()).toMatch(/moreno.*901820/);
    const csv = sanitizer({ operator }).sanitize(`name,mail\n"Moreno, A",${EMAIL}\n`, { format: 'csv' });
    expect(csv.text.split('\n').map((line) => line.split(',').length)).toEqual([2, 3, 1]);
  });
});

test('a document that is none is refused, and nothing of it given back', () => {
  expect(() => sanitizer({}).sanitize(`{"a": ${EMAIL}`, { format: 'json' })).toThrow(
    expect.objectContaining({ code: 'item_unreadable', message: expect.not.stringContaining('moreno') }),
  );
});

test('a pseudonym is put back into JSON and markup as they write it', () => {
  const value = `O"Neil <${'\\'}>`;
  const json = JSON.stringify({ name: `Patient: ${value}` });
  const written = createSanitizer({ key, operator: 'pseudonymise' });
  const pseudonym = written.sanitize(value, {}, [
    { type: 'PERSON', start: 0, end: value.length, confidence: 1 },
  ]).text;
  expect(JSON.parse(restore(`{"name":"Patient: ${pseudonym}"}`, key, 'json').text)).toEqual(JSON.parse(json));
  expect(restore(`<p>${pseudonym}</p>`, key, 'html').text).toBe('<p>O&#34;Neil &#60;\\&#62;</p>');
});

describe('what a model has found besides', () => {
  const text = `Ada met ${EMAIL} in Utz`;
  const known = [
    { type: 'PERSON', start: 0, end: 3, confidence: 0.85 },
    { type: 'LOCATION', start: text.length - 3, end: text.length, confidence: 0.3 },
    { type: 'PERSON', start: 8, end: 12, confidence: 0.85 },
  ];

  test('is merged with what we find, and judged by the same policy', () => {
    expect(sanitizer({}).sanitize(text, {}, known).text).toBe('[PERSON] met [EMAIL_ADDRESS] in Utz');
    const allow = [{ value: 'ada' }];
    expect(sanitizer({ policy: policy({ allow }) }).sanitize(text, {}, known).text).toMatch(/^Ada met \[/);
    const documents = { actions: { PERSON: 'ignore' } };
    expect(sanitizer({ policy: policy({ documents }) }).sanitize(text, {}, known).text).toMatch(
      /^Ada met \[/,
    );
  });

  test('counts in documents, too', () => {
    const json = JSON.stringify({ who: 'Ada' });
    const found = [
      { type: 'PERSON', start: json.indexOf('Ada'), end: json.indexOf('Ada') + 3, confidence: 1 },
    ];
    const done = sanitizer({}).sanitize(json, { format: 'json' }, found);
    expect(JSON.parse(done.text)).toEqual({ who: '[PERSON]' });
    expect(done.findings).toMatchObject([{ type: 'PERSON', start: 8, end: 11 }]);
  });
});

test('an account number in brackets is no mask', () => {
  expect(sanitized(`[${IBAN}]`)).toBe('[[IBAN_CODE]]');
});
