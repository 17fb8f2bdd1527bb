import { unfold } from '../fold.ts';

/** The one spelling of a value that has many: two that mean the same have the same one. */
export function normalForm(type: string, value: string): string {
  if (AS_WRITTEN.has(type)) return value;
  const plain = unfold(value).text.normalize('NFC').trim();
  const form = formOf(type, plain);
  return form === '' ? value : form;
}

/** Every letter of them counts. */
const AS_WRITTEN: ReadonlySet<string> = new Set(['SECRET', 'URL_CREDENTIALS', 'CRYPTO']);

const SMALL: ReadonlySet<string> = new Set(['EMAIL_ADDRESS', 'IP_ADDRESS', 'MAC_ADDRESS']);
const NUMBERS: ReadonlySet<string> = new Set(['CREDIT_CARD', 'IBAN_CODE']);
/** Papers of a country: `DE_ID_CARD`, `US_SSN`. */
const OF_A_COUNTRY = /^[A-Z]{2}_/;

function formOf(type: string, value: string): string {
  if (SMALL.has(type)) return value.toLowerCase();
  if (type === 'PHONE_NUMBER') return dialled(value);
  if (NUMBERS.has(type) || OF_A_COUNTRY.test(type)) return value.replace(/[\s./-]/g, '').toUpperCase();
  const spaced = value.replace(/\s+/g, ' ');
  return type === 'PERSON' ? named(spaced) : spaced;
}

/** `MORENO` in a form and `moreno` in a log are Moreno in a letter; who writes `van der Berg` means it. */
const named = (name: string): string =>
  name === name.toUpperCase() || name === name.toLowerCase()
    ? name.toLowerCase().replace(/(?<![\p{L}\p{M}])\p{L}/gu, (letter) => letter.toUpperCase())
    : name;

/** `+49 (0)30 / 123` and `0049 30 123` are the same telephone. */
const dialled = (value: string): string =>
  value
    .replace(/\(0\)/, '')
    .replace(/[\s()./-]/g, '')
    .replace(/^00/, '+');
