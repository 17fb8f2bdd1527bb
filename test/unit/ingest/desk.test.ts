import { describe, expect, test } from '@jest/globals';
import type { Draft } from '../../../domain/ingest/draft.ts';
import type { Mask } from '../../../domain/ingest/mask.ts';
import { createDesk, type Desk, recordsOf } from '../../../domain/ingest/security/desk.ts';
import { createDetector } from '../../../domain/sanitize/create-detector.ts';
import { DEFAULT_PRIVACY_POLICY } from '../../../domain/sanitize/default-privacy-policy.ts';
import { maskText } from '../../../domain/sanitize/mask-text.ts';
import { hideNeedles, NEEDLE } from './reading.ts';

const detector = createDetector(DEFAULT_PRIVACY_POLICY, 'documents');
const real: Mask = (text, hint) => maskText(text, detector.detect(text, hint));
const deskWith = (mask: Mask): Desk => createDesk(mask, 'a.json', () => undefined);

const draft =
  (desk: Desk) =>
  (text: string): Draft => ({
    kind: 'finding',
    key: desk.key('finding', text),
    title: '',
    text: desk.safe(text, 4000),
  });

const TEXTS = [
  ...['plain words', 'mail jane.doe@acme-corp.com now', 'card 4111 1111 1111 1111', 'version', '10.20.30.40'],
  ...[
    'phone: +49 30 901820',
    'the phone number of the office',
    '030 901820',
    'date of birth',
    '1970-02-03',
    'a,b,c',
    '1,2,3',
  ],
  ...['', '\n\n', 'x', 'IBAN DE89 3704 0044 0532 0130 00', 'DE89', '3704 0044 0532 0130 00'],
];

describe('texts that are masked together', () => {
  test('are masked as each is by itself', () => {
    const desk = deskWith(real);
    const together = [...recordsOf([...TEXTS, ...TEXTS], draft(desk), desk)].map(({ text }) => text);
    const alone = [...TEXTS, ...TEXTS].map((text) =>
      text === '' ? '' : real(text, { path: 'a.json', format: 'json' }),
    );
    alone[4] = alone[22] = '10.20.30.40'; // four numbers alone are a version
    expect(together).toEqual(alone);
  });

  test('cost one look for many', () => {
    let looks = 0;
    const desk = deskWith((text) => {
      looks += 1;
      return text;
    });
    const texts = Array.from({ length: 640 }, (_, at) => `text number ${at}`);
    expect([...recordsOf(texts, draft(desk), desk)].map(({ text }) => text)).toEqual(texts);
    expect(looks).toBe(10);
  });

  test('are masked one by one where what parts them is in one of them, or is masked', () => {
    const sign = `${'\n'.repeat(96)}\u241e\n`;
    const texts = [`a ${NEEDLE}`, `b${sign}c ${NEEDLE}`, 'd', 'e'];
    const desk = deskWith(hideNeedles);
    expect([...recordsOf(texts, draft(desk), desk)].map(({ text }) => text)).toEqual(
      texts.map((text) => hideNeedles(text, {})),
    );
    const greedy = deskWith((text) => text.replaceAll(/d\s+\S+\s+e/g, '[X]'));
    expect([...recordsOf(texts, draft(greedy), greedy)].map(({ text }) => text)).toEqual(texts);
  });

  test('have keys that are counted once', () => {
    const desk = deskWith(hideNeedles);
    const keys = [...recordsOf(['a', 'a', 'b'], draft(desk), desk)].map(({ key }) => key);
    expect(new Set(keys).size).toBe(3);
    expect(keys[1]).toBe(`${keys[0]}/2`);
  });
});

describe('a text that is cut', () => {
  test('shows no half of what was to be masked', () => {
    const desk = deskWith((text) => text.replaceAll(/k{60}/g, '[SECRET]'));
    for (let before = 0; before < 70; before += 1) {
      const text = `${'x'.repeat(before)} ${`${'k'.repeat(60)} `.repeat(30)}`;
      expect(desk.safe(text, 100)).not.toMatch(/k/);
    }
    expect(desk.safe('short', 100)).toBe('short');
    expect(desk.safe(`${'word '.repeat(20).slice(0, -5)} ab@ex`, 101)).toBe(`${'word '.repeat(19)} `);
  });
});
