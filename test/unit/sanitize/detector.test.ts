import { describe, expect, test } from '@jest/globals';
import { PrivacyPolicy } from '../../../contracts/privacy.ts';
import { createDetector } from '../../../domain/sanitize/create-detector.ts';
import {
  DEFAULT_PRIVACY_POLICY,
  privacyPolicyDigest,
} from '../../../domain/sanitize/default-privacy-policy.ts';
import { inFours, madeUp, withIbanDigits, withLuhn } from '../privacy/made-up.ts';

const policy = (given: object): PrivacyPolicy =>
  PrivacyPolicy.parse({ schema: 'https://certus.dev/privacy-policy/v1', name: 'own', ...given });
const detect = (text: string, given: object = {}, as: 'documents' | 'evidence' = 'documents') =>
  createDetector(policy(given), as).detect(text);
const shown = (text: string, given: object = {}) =>
  detect(text, given).map(({ type, start, end }) => [type, text.slice(start, end)]);

const EMAIL = `jo.moreno${'@'}fastpost.de`;
const CARD = withLuhn(`4539${madeUp(3).digits(11)}`);
const IBAN = withIbanDigits('DE', madeUp(4).digits(18));
const SSN = `536-${'22'}-8746`;

describe('what the policy says', () => {
  test('what is ignored is not looked for, and only that', () => {
    const actions = { EMAIL_ADDRESS: 'ignore' };
    expect(shown(`${EMAIL} ${IBAN}`, { documents: { actions } })).toEqual([['IBAN_CODE', IBAN]]);
    expect(shown(`${EMAIL} ${IBAN}`)).toHaveLength(2);
  });

  test('a kind may be looked for where all others are ignored', () => {
    const documents = { action: 'ignore', actions: { IBAN_CODE: 'quarantine' } };
    expect(shown(`${EMAIL} ${IBAN}`, { documents })).toEqual([['IBAN_CODE', IBAN]]);
  });

  test('what is found with less than it asks for is not counted', () => {
    const one = `number ${CARD}`;
    expect(shown(one, { documents: { min_confidence: 0.5 } })).toEqual([['CREDIT_CARD', CARD]]);
    expect(shown(one, { documents: { min_confidence: 0.9 } })).toEqual([]);
    expect(shown(`credit card ${CARD}`, { documents: { min_confidence: 0.9 } })).toHaveLength(1);
  });

  test('each side has its own rules', () => {
    const given = { documents: { action: 'ignore' } };
    expect(detect(EMAIL, given, 'documents')).toEqual([]);
    expect(detect(EMAIL, given, 'evidence')).toHaveLength(1);
  });

  test('an allowed value is let pass whatever its letters, for its kind only', () => {
    const text = `${EMAIL} x ${EMAIL.toUpperCase()}`;
    expect(shown(text, { allow: [{ value: EMAIL.toUpperCase() }] })).toEqual([]);
    expect(shown(text, { allow: [{ value: EMAIL, type: 'EMAIL_ADDRESS' }] })).toEqual([]);
    expect(shown(text, { allow: [{ value: EMAIL, type: 'PHONE_NUMBER' }] })).toHaveLength(2);
    expect(shown(text, { allow: [{ value: 'fastpost.de' }] })).toHaveLength(2);
  });

  test('patterns of its own count, with words close by where it names some', () => {
    const custom = [{ type: 'CUSTOMER', pattern: 'K-[0-9]{6}' }];
    expect(shown('é K-123456, K-12', { custom })).toEqual([['CUSTOMER', 'K-123456']]);
    const near = [{ type: 'CUSTOMER', pattern: '[0-9]{6}', context: ['Kunde'] }];
    expect(shown('KUNDE 123456', { custom: near })).toEqual([['CUSTOMER', '123456']]);
    expect(shown('order 123456', { custom: near })).toEqual([]);
    expect(shown(`kunde,x\n123456,1`, { custom: near })).toEqual([['CUSTOMER', '123456']]);
  });

  test('a kind named like a property of every object is a kind', () => {
    const custom = [{ type: 'CONSTRUCTOR', pattern: 'zzz', confidence: 0.9 }];
    expect(shown('a zzz', { custom })).toEqual([['CONSTRUCTOR', 'zzz']]);
  });

  test('its digest and the name of the rules tell policies apart', () => {
    const other = policy({ allow: [{ value: 'x' }] });
    expect(privacyPolicyDigest(DEFAULT_PRIVACY_POLICY)).toMatch(/^[0-9a-f]{64}$/);
    expect(privacyPolicyDigest(other)).not.toBe(privacyPolicyDigest(DEFAULT_PRIVACY_POLICY));
    expect(createDetector(other, 'documents').rules).not.toBe(
      createDetector(DEFAULT_PRIVACY_POLICY, 'documents').rules,
    );
  });
});

describe('of what overlaps', () => {
  test('one counts, and reaches over all of it', () => {
    const custom = [{ type: 'TAIL', pattern: 'post\\.de-[0-9]+' }];
    expect(shown(`a ${EMAIL}-77 b`, { custom })).toEqual([['EMAIL_ADDRESS', `${EMAIL}-77`]]);
  });

  test('a mild kind does not hide a strict one in it', () => {
    const custom = [{ type: 'LINE', pattern: 'pay [^;]+;' }];
    const documents = { actions: { LINE: 'report' } };
    expect(shown(`pay ${IBAN};`, { custom, documents })).toEqual([['IBAN_CODE', `pay ${IBAN};`]]);
    expect(shown(`pay ${IBAN};`, { custom })).toEqual([['LINE', `pay ${IBAN};`]]);
  });

  test('finds come in the order of the text', () => {
    const found = detect(`${IBAN} ${EMAIL} ssn ${SSN} ${inFours(CARD)} GPS 52.5163, 13.3777`);
    expect(found.map(({ start }) => start)).toEqual(found.map(({ start }) => start).sort((a, b) => a - b));
    expect(found).toHaveLength(5);
  });
});

describe('however it is written', () => {
  test.each([
    ['blanks that do not break', inFours(CARD, '\u00a0')],
    ['hyphens of printers', inFours(CARD, '\u2011')],
    ['wide digits', CARD.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)))],
    ['soft hyphens', `card ${CARD.slice(0, 8)}\u00ad${CARD.slice(8)}`],
    ['what takes no room', `card ${CARD.split('').join('\u200b')}`],
  ])('with %s', (_, text) => {
    const [found] = detect(text);
    expect(found?.type).toBe('CREDIT_CARD');
    expect(text.slice(found?.start, found?.end).normalize('NFKC').replace(/\D/g, '')).toBe(CARD);
  });

  test('a password in a URL and keys are found wherever they stand', () => {
    const token = `glrt-${madeUp(9).hex(10)}ZqXw${madeUp(2).hex(10)}`;
    expect(shown(`see https://jo:9xT${'q'}27b@fastpost.de/ and ${token}`)).toEqual([
      ['URL_CREDENTIALS', `jo:9xT${'q'}27b`],
      ['SECRET', token],
    ]);
  });

  test('in a table the head of the column says what a value is', () => {
    const table = `name;"ssn; old";amount\nJo;${SSN};1\nAl;"${SSN}";${SSN}\n`;
    expect(detect(table).map(({ start }) => table.slice(0, start).split(';').length)).toEqual([5, 7]);
    expect(detect(`Jo;${SSN};1`)).toEqual([]);
    const hint = { heading: 'name;ssn;amount' };
    expect(createDetector(policy({}), 'documents').detect(`Jo;${SSN};1`, hint)).toHaveLength(1);
  });
});
