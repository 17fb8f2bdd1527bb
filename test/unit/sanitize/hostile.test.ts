import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createDetector } from '../../../domain/sanitize/create-detector.ts';
import { DEFAULT_PRIVACY_POLICY } from '../../../domain/sanitize/default-privacy-policy.ts';
import { maskText } from '../../../domain/sanitize/mask-text.ts';
import { RECOGNISERS } from '../../../domain/sanitize/recognisers.ts';
import { windowsOf } from '../../../domain/sanitize/windows.ts';
import { findSecretsIn } from '../../../domain/secrets/find-secrets.ts';
import { longWordsOf } from '../../../domain/secrets/long-words.ts';

const detector = createDetector(DEFAULT_PRIVACY_POLICY, 'documents');

const PIECES = [
  'a@',
  '@',
  'a@b.',
  'a.',
  '1.',
  '1',
  '1 ',
  '0x',
  ':',
  '::',
  'a:',
  'ab:',
  'aa-',
  '-',
  'DE44',
  'DE44 ',
  '+1 ',
  '+49 30 ',
  '(030) ',
  'born ',
  'born on ',
  'born 1.',
  'Name: ',
  'Name:',
  'Dear Mr ',
  'Dear Mr A',
  'Patient: A',
  'Patient: A B',
  'GPS 1.',
  'bc1',
  '1A',
  'passport ',
  'ausweis ',
  'http://a:',
  'a://',
  '://',
  'password=',
  'eyJ',
  'ssn ',
  'ssn,',
  '",',
  '\u00ad',
  '\u00a0',
  '4539 1488 ',
  'A ',
  'Van de ',
  '\n',
  'né le 1 ',
];

test.each(PIECES)('a text of nothing but %j is gone through', (piece) => {
  const text = piece.repeat(200_000 / piece.length);
  expect(detector.detect(text).length).toBeLessThanOrEqual(text.length);
  expect(detector.detect(`phone,${text}`).length).toBeLessThanOrEqual(text.length);
});

test('no more is handed to the patterns than a few times the text', () => {
  for (const piece of PIECES) {
    const text = piece.repeat(20_000 / piece.length);
    for (const windows of Object.values(windowsOf(text))) {
      const given = windows.reduce((sum, { start, end }) => sum + end - start, 0);
      // an account reaches over the numbers behind it, and there are as many as there are letters for it
      expect(given).toBeLessThanOrEqual(text.length * 20 + 1000);
    }
  }
});

test('whatever is found lies in the text, in its order, and is gone once it is masked', () => {
  const piece = fc.oneof(
    fc.constantFrom(...PIECES),
    fc.constantFrom(
      'jo.m@fastpost.de',
      'ssn 536-22-8746',
      '+49 30 9018 2057',
      '93.184.216.34',
      'https://a:b7Zq9x@c.de',
      ' ',
      ',',
      '\n',
    ),
    fc.string({ unit: 'binary', maxLength: 6 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const text = pieces.join('');
      const found = detector.detect(text);
      found.forEach(({ start, end, confidence }, at) => {
        expect(start).toBeGreaterThanOrEqual(found[at - 1]?.end ?? 0);
        expect(end).toBeGreaterThan(start);
        expect(end).toBeLessThanOrEqual(text.length);
        expect(confidence).toBeGreaterThanOrEqual(0.5);
        expect(confidence).toBeLessThanOrEqual(1);
      });
      const masked = maskText(text, found);
      expect(masked.length).toBe(
        found.reduce((length, { type, start, end }) => length + type.length + 2 - (end - start), text.length),
      );
    }),
    { numRuns: 500 },
  );
});

test('every kind can be named in a policy', () => {
  for (const { type } of RECOGNISERS) expect(type).toMatch(/^[A-Z][A-Z0-9_]{1,62}$/);
});

test('long words are found where they stand, and nothing else is', () => {
  const unit = fc.oneof(fc.stringMatching(/^[a-z]{1,50}$/), fc.constantFrom(' ', '\n', '\t'));
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 12 }), (parts) => {
      const text = parts.join('');
      const { text: words, offsetOf } = longWordsOf(text);
      expect(words.split('\n').filter(Boolean)).toEqual(
        text.split(/\s/).filter(({ length }) => length >= 20),
      );
      for (let at = 0; at < words.length; at += 1)
        if (words[at] !== '\n') expect(text[offsetOf(at)]).toBe(words[at]);
    }),
  );
});

test('a token among words is found where it stands', () => {
  const token = `hf_${'aB3dE7gH1jK5mN9pQ2sT4vW6xY8zA0cF1e'}`;
  const text = `some words and more, ${'x'.repeat(30)} then\n  "${token}" and so on`;
  expect(findSecretsIn('a.txt', text, 100)).toMatchObject([
    { start: 100 + text.indexOf(token), values: [token] },
  ]);
});
