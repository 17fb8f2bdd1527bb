import { describe, expect, test } from '@jest/globals';
import { findingDocuments } from '../../../domain/finding/finding-documents.ts';
import { maskPersonalData } from '../../../domain/sanitize/mask.ts';
import { processorTimeOf } from '../processor-time.ts';
import { aFinding, at } from './finding-examples.ts';

const masked = (text: string) => maskPersonalData(text).text;

describe('an e-mail address is masked', () => {
  test.each([
    ['write to robin@leaky-shop.example.', 'write to [EMAIL_ADDRESS].'],
    ['<robin.example+tag@mail.example.org>', '<[EMAIL_ADDRESS]>'],
    ['a@b.example,c@d.example', '[EMAIL_ADDRESS],[EMAIL_ADDRESS]'],
    ['(robin@leaky-shop.example)', '([EMAIL_ADDRESS])'],
    ['mailto:robin@leaky-shop.example?subject=x', 'mailto:[EMAIL_ADDRESS]?subject=x'],
  ])('%s', (text, expected) => {
    expect(masked(text)).toBe(expected);
  });

  test.each(['robin@leaky-shop.example-old', 'robin@leaky-shop.example_1', 'xrobin@leaky-shop.example'])(
    'also when something is stuck to it: %s',
    (text) => {
      expect(masked(text)).not.toContain('robin@');
    },
  );

  test.each(['import "@scope/package"', 'user@localhost', 'git@', '@media (x)', 'a @ b.c'])(
    'but not what merely has an @: %s',
    (text) => {
      expect(masked(text)).toBe(text);
    },
  );
});

describe('an IP address is masked', () => {
  test.each([
    ['bastion (10.20.30.40)', 'bastion ([IP_ADDRESS])'],
    ['http://192.0.2.1:8080/', 'http://[IP_ADDRESS]:8080/'],
    ['It is 192.0.2.1.', 'It is [IP_ADDRESS].'],
  ])('%s', (text, expected) => {
    expect(masked(text)).toBe(expected);
  });

  test.each(['1.2.3', '1.2.3.4.5', 'v1.2.3.4', '256.1.1.1', '1.2.3.04', '10.0.0.1a'])(
    'but not a version: %s',
    (text) => {
      expect(masked(text)).toBe(text);
    },
  );
});

describe('a card number is masked', () => {
  test.each(['4111 1111 1111 1111', '4111-1111-1111-1111', '4111111111111111', '378282246310005'])(
    '%s',
    (card) => {
      expect(masked(`card ${card}.`)).toBe('card [CREDIT_CARD].');
    },
  );

  test('also with other numbers beside it', () => {
    expect(masked('2 4111 1111 1111 1111 12/27 123')).toBe('2 [CREDIT_CARD] 12/27 123');
    expect(masked('1234 4111 1111 1111 1111')).toBe('1234 [CREDIT_CARD]');
    expect(masked('3782 822463 10005 x')).toBe('[CREDIT_CARD] x');
  });

  test.each([
    ['a number whose check digit is wrong', '4111 1111 1111 1112'],
    ['a commit', '4111111111111111411111111111111141111111'],
    ['a digest that begins with a card number', '4111111111111111abcdef0123456789'],
    ['noughts', '0000000000000000'],
    ['part of a name', 'build-4111111111111111'],
  ])('but not %s', (_, text) => {
    expect(masked(text)).toBe(text);
  });
});

test('of matches that overlap nothing personal is left over, and the text around stays whole', () => {
  const { text, counts } = maskPersonalData('to 4111111111111111@bank.example!');
  expect(text).toBe('to [EMAIL_ADDRESS]!');
  expect(counts).toEqual({ EMAIL_ADDRESS: 1 });
});

test('masking what is masked changes nothing', () => {
  const once = masked('robin@leaky-shop.example 10.20.30.40 4111 1111 1111 1111');
  expect(masked(once)).toBe(once);
});

test('a hostile text costs no more than its length', async () => {
  const spent = await processorTimeOf(() => {
    for (const piece of ['a@', 'a.', '1.', '1 ', 'a@b.', '@', '4111 '])
      maskPersonalData(piece.repeat(200_000 / piece.length));
  });
  expect(spent).toBeLessThan(5_000);
});

test('documents for the index hold no personal data in any of their texts', () => {
  const { documents, masked: count } = findingDocuments(
    [
      aFinding({
        title: 'Key of robin@leaky-shop.example',
        message: 'Private key in home/robin@leaky-shop.example/id',
        location: at('home/robin@leaky-shop.example/id', 3),
        snippet: '// robin@leaky-shop.example from 10.20.30.40',
      }),
    ],
    { component: 'shop', testId: 'test_0123456789ab', capturedAt: '2026-06-01T00:00:00Z' },
  );
  expect(JSON.stringify(documents)).not.toMatch(/robin|10\.20/);
  expect(count).toBe(5);
  expect(documents[0]).toMatchObject({ id: `test_0123456789ab/${'f'.repeat(64)}`, extra: { start_line: 3 } });
});
