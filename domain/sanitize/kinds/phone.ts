import { createRequire } from 'node:module';
import type { CountryCode } from 'libphonenumber-js';
import { byPattern, type Found, type Recogniser } from '../recogniser.ts';

const WORDS =
  /phone|\btele?[.:\s)]|\btel\b|mobil|\bmob\b|handy|\bfax\b|telefon|téléphone|teléfono|tlf|móvil|portable|\bcell\b|\bcall(?:s|ed)?\b|ring us|anruf|ruf(?:en|nummer| an)|appelez|llam[ae]|whats ?app|\bsms\b|hotline|durchwahl|celular|rufnr|ligne directe|numéro|reach me|erreichbar|joindre|joignable|هاتف|جوال|موبايل|تليفون|اتصل|محمول|واتساب|فاكس/;

/** With its country. */
export const INTERNATIONAL: Recogniser = byPattern({
  type: 'PHONE_NUMBER',
  where: 'digits',
  digits: 9,
  pattern:
    /(?<![\w+.-])(?:\+[1-9]\d{0,2}[ .-]?(?:\(\d{1,5}\)[ .-]?\d{0,5}|\d{1,5})(?:[ ./-]\d{1,8}){1,5}|\+[1-9]\d{8,14})(?![\w-]|\.\d)/g,
  likelihood: (found) => {
    if (!hasDigits(found, 9, 15)) return 0;
    if (found.around.says(WORDS)) return 0.95;
    const isWritten = /[ ./()-]/.test(found.value);
    // a row of digits alone may count anything
    return isWritten ? 0.8 : isValidPhoneNumber(found.value) ? 0.7 : 0.4;
  },
  nobodys: ({ value }) => isNobodysNumber(value),
});

/** As it is dialled inside of its country, where a word says what it is. */
export const NATIONAL: Recogniser = byPattern({
  type: 'PHONE_NUMBER',
  where: 'digits',
  digits: 7,
  pattern:
    /(?<![\w+.,/-])(?:\(\d{2,6}\) ?\d{2,8}(?:[ ./-]{1,3}\d{1,8}){0,4}|00[1-9]\d{0,2}(?:[ ./-]{1,3}\d{1,8}){1,5}|0\d{1,5}(?:[ ./-]{1,3}\d{1,8}){1,5}|00[1-9]\d{8,13}|0\d{8,11}|[2-9]\d{2}(?<sign>[ .-])\d{3}\k<sign>\d{3,4}|1[ .-][2-9]\d{2}[ .-]\d{3}[ .-]\d{4}|[6-9]\d{2}(?: \d{2}){3}|[6-9]\d{8,9}|[2-9]\d{2}[2-9]\d{6}|[89]\d \d{3} \d{2} \d{2}|[1-9]\d{10,13})(?![\w-]|[./]\d)/g,
  likelihood: (found) => {
    if (!hasDigits(found, 7, 15) || !found.around.says(WORDS) || isDate(found.value)) {
      // the way that North America writes it, and hardly anything else
      if (/^\([2-9]\d{2}\) ?[2-9]\d{2}-\d{4}$/.test(found.value)) return 0.65;
      return hasCountry(found) ? 0.55 : 0;
    }
    // a row of digits may be anything: only with the number of a country, and as long as its numbers are
    if (/^[1-9]\d{10,13}$/.test(found.value)) return isValidPhoneNumber(`+${found.value}`) ? 0.65 : 0;
    return 0.8;
  },
  nobodys: ({ value }) => isNobodysNumber(value),
});

/** Told by its form, and by the plan of the numbers of the country that has the form. */
function hasCountry({ value, around }: Found): boolean {
  const countries = FORMS.find(([form]) => form.test(value))?.[1] ?? [];
  if (countries.length === 0 || onlyDigits(value).length < 9 || COUNTED.test(around.before(24))) return false;
  // a group of a longer number
  if (/\d[ /.-]$|(?<![a-z0-9])[0-9a-f]{2} $/.test(around.before(4)) || /^[ /.-]\d/.test(around.after(2)))
    return false;
  return value.startsWith('00')
    ? isValidPhoneNumber(`+${value.slice(2)}`)
    : countries.some((country) => isValidPhoneNumber(value, country));
}

/** The plans of all countries take as long to read as everything else, and few texts need them. */
function isValidPhoneNumber(value: string, country?: CountryCode): boolean {
  plans ??= createRequire(import.meta.url)('libphonenumber-js/min') as Plans;
  return plans.isValidPhoneNumber(value, country);
}

type Plans = { isValidPhoneNumber(value: string, country?: CountryCode): boolean };
let plans: Plans | undefined;

const FORMS = [
  [/^00[1-9]\d{0,2}[ .-]/, ['DE']],
  [/^[2-9]\d{2}([.-])[2-9]\d{2}\1\d{4}$/, ['US']],
  [/^0[1-9](?:([ .-])\d{2})(?:\1\d{2}){3}$/, ['FR']],
  [/^0[1-9]\d{1,4}(?: ?[/-] ?| )\d{3,8}(?:[ -]\d{1,4}){0,2}$/, ['DE', 'GB']],
  [/^\(0[1-9]\d{1,4}\) ?\d{3,8}(?:[ -]\d{2,4}){0,2}$/, ['DE', 'GB']],
  [/^[67]\d{2}(?: \d{3}){2}$|^[6789]\d{2}(?: \d{2}){3}$/, ['ES']],
] as const;

/** What is counted or numbered, and dialled by nobody. */
const COUNTED =
  /(?:id|no|nr|num|number|nummer|ref|order|invoice|rechnung|part|serial|version|build|case|ticket|sku|isbn|amount|total|line|port|page|lot|code|iban|ssn|account|konto)[.:#= "']{0,4}$/;

const onlyDigits = (value: string): string => value.replace(/\D/g, '');

const hasDigits = ({ value }: Found, least: number, most: number): boolean => {
  const { length } = onlyDigits(value);
  return length >= least && length <= most;
};

const isDate = (value: string): boolean => /^\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d{2}$/.test(value);

/** Of films, and what a finger makes that stays where it is. */
export const isNobodysNumber = (value: string): boolean =>
  /555.?01\d\d$|(\d)\1{5}|1234567|0{5}/.test(value.replace(/[ ().-]/g, ''));
