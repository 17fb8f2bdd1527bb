import { afterEach, describe, expect, test } from '@jest/globals';
import { scanPrivacy } from '../../../activities/scan/built-in/privacy.ts';
import { maskPersonalData } from '../../../domain/sanitize/mask.ts';
import { builtInContexts } from '../scan/built-in-context.ts';

const { contextWith, removeContexts } = builtInContexts();
afterEach(removeContexts);
const scan = (files: Record<string, string | Buffer>) => scanPrivacy(contextWith(files));
const rulesIn = async (text: string, path = 'src/a.txt'): Promise<string[]> =>
  (await scan({ [path]: text })).drafts.map(({ rule }) => rule.replace('privacy/', ''));

// made up, and put together here, so that the source of this test holds none of it
const EMAIL = `jo.moreno${'@'}fastpost.de`;
const CARD = ['4539', '1488', '0343', '6467'];
const IBAN = `DE${'44'}500105175407324931`;
const SSN = `536-${'22'}-8746`;
const PHONE = `+49 30${' '}9018 2057`;
const HOST = `93.184${'.'}216.34`;

describe('data of people is found', () => {
  test.each([
    ['email-address', `write to ${EMAIL}`],
    ['ip-address', `ssh ${HOST}`],
    ['credit-card', CARD.join(' ')],
    ['credit-card', `card: ${CARD.join('')}`],
    ['credit-card', `card_number,name\n${CARD.join('')},Jo`],
    ['bank-account', IBAN],
    ['bank-account', IBAN.replace(/.{4}/g, '$& ').trim()],
    ['social-security-number', `SSN: ${SSN}`],
    ['social-security-number', `name,social_security\nJo,${SSN}`],
    ['phone-number', `call ${PHONE}!`],
    ['phone-number', `+1 (415)${' '}867-5309`],
  ])('%s: %s', async (rule, text) => {
    expect(await rulesIn(text)).toEqual([rule]);
  });
});

describe('but not what only looks like it', () => {
  test.each([
    `${'jo'}@example.com`,
    `${'jo'}@shop.example`,
    `12345+jo@users.noreply.github.com`,
    'git@github.com:a/b.git',
    'icon@2x.png',
    'noreply@shop.de',
    'your-name@company.com',
    `Copyright (c) 2020 Jo <${EMAIL}>`,
    ` * @author Jo ${EMAIL}`,
    'server 10.1.2.3, 172.16.0.1, 192.168.1.1, 127.0.0.1 and 203.0.113.9',
    'mask 255.255.255.0',
    'dns 8.8.8.8',
    `Chrome/120.0.6099.71`,
    `version = "4.18.2.117"`,
    'oid 1.3.6.1',
    'see section-5.2.2.10',
    'test card 4111 1111 1111 1111',
    '4242424242424242 is a card',
    `id: ${CARD.join('')}`,
    'card 4539 1488 0343 6468',
    'card 9539 1488 0343 6469',
    'DE89370400440532013000',
    IBAN.replace('44', '45'),
    `${IBAN}0`,
    SSN,
    'ssn 000-12-3456 and 987-65-4321 and 123-45-6789',
    '+1 (555) 555-0123',
    '+1 234 567',
    'x = a +1 234 567 890 123 456 789',
    '2024-01-01T10:00:00+01:00',
    `commit ${'4539148803436467'.repeat(3).slice(0, 40)}`,
  ])('%s', async (text) => {
    expect(await rulesIn(text)).toEqual([]);
  });

  test.each([
    'package.json',
    'LICENSE',
    'docs/AUTHORS.md',
    '.github/CODEOWNERS',
    'x.gemspec',
    'setup.py',
    'CHANGELOG.md',
  ])('the address of who wrote it in %s', async (path) => {
    expect(await rulesIn(EMAIL, path)).toEqual([]);
    expect(await rulesIn(IBAN, path)).toEqual(['bank-account']);
  });
});

test('a table of customers is one finding of each kind, with their number and the first place', async () => {
  const rows = Array.from({ length: 1000 }, (_, at) => `Jo,c${at}${'@'}fastpost.de,${PHONE}`);
  const { drafts } = await scan({ 'data/customers.csv': `name,email,phone\n${rows.join('\n')}\n` });
  expect(
    drafts.map(({ rule, message, location, severity }) => [rule, message, location?.start_line, severity]),
  ).toEqual([
    ['privacy/email-address', 'The file holds 1000 e-mail addresses, the first in this line', 2, 'low'],
    ['privacy/phone-number', 'The file holds 1000 telephone numbers, the first in this line', 2, 'low'],
  ]);
});

test('no value and nothing around it is in any field', async () => {
  const text = `Jo Moreno, ${EMAIL}, ${PHONE}, ${CARD.join(' ')}, ${IBAN}, ssn ${SSN}, ${HOST}`;
  const { drafts } = await scan({ 'a.csv': text, 'b.csv': Buffer.from(`\ufeff${text}`, 'utf16le') });
  expect(drafts).toHaveLength(12);
  expect(JSON.stringify(drafts)).not.toMatch(/Moreno|fastpost|9018|4539|5001|8746|184/);
});

test('what is not looked at is named', async () => {
  const { notices } = await scan({
    'a.bin': Buffer.from(Array.from({ length: 512 }, (_, at) => at % 256)),
    'b.lock': EMAIL,
    'c.sql': `${EMAIL}\n`.repeat(800_000),
  });
  expect(notices.map(({ code, path }) => [code, path])).toEqual([
    ['binary', 'a.bin'],
    ['minified', 'b.lock'],
    ['file_too_large', 'c.sql'],
  ]);
});

test.each([
  'a@',
  'a.',
  '1.',
  '+1 ',
  '+49 30 ',
  'DE44 ',
  '4539 1488 ',
  '4539148803436467 ',
  'a@b.cd ',
  '1.1.1.1 ',
  '123-45-',
  'A',
  '0',
  '("',
  'ssn ',
])('a file of nothing but %j costs no more than its length', async (piece) => {
  const { drafts } = await scan({ 'a.txt': piece.repeat(1_000_000 / piece.length) });
  expect(drafts.length).toBeLessThanOrEqual(1);
});

test('what is found is masked before it is indexed, too', () => {
  expect(maskPersonalData(`pay ${IBAN} or call ${PHONE}.`).text).toBe(
    'pay [IBAN_CODE] or call [PHONE_NUMBER].',
  );
});
