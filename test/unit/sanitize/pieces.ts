import fc from 'fast-check';
import { inFours, madeUp, withIbanDigits, withLuhn } from '../privacy/made-up.ts';

export const EMAIL = `jo.moreno${'@'}fastpost.de`;
export const CARD = withLuhn(`4539${madeUp(3).digits(11)}`);
export const IBAN = withIbanDigits('DE', madeUp(4).digits(18));
export const PHONE = '+49 30 901820 17';

/** What texts are made of: values, what stands around them, and what is in the way of both. */
const PIECES = [
  EMAIL,
  EMAIL.toUpperCase(),
  `mailto:${EMAIL}`,
  CARD,
  inFours(CARD),
  IBAN,
  inFours(IBAN),
  PHONE,
  'Call ',
  'Name: Ada Moreno\n',
  'Patient: Zoë Müller',
  'Dear Mr Moreno',
  'password=',
  'password = "hunter2-Xy7qLp9',
  '192.168.17.4',
  '8.8.4.4',
  '[PERSON]',
  '[EMAIL_ADDRESS',
  'PERSON_',
  'a',
  ' ',
  ', ',
  '"',
  "'",
  '-',
  '/',
  '\n',
  '\r\n',
  '\t',
  ';',
  '😀',
  '👩‍👩‍👧',
  'e\u0301',
  '\u0301',
  '\u200d',
  '\u202e',
  'שלום ',
  'مرحبا ',
  '🇩🇪',
  '\ud83d',
  'The quarterly report shows that revenue grew. ',
  '2024-03-01 ',
  'v4.18.2 ',
];

export const texts = (maxLength = 24): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...PIECES), { maxLength }).map((parts) => parts.join(''));
