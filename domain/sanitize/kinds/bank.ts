import { byPattern, type Match, type Recogniser } from '../recogniser.ts';

const CARDS =
  /\b(?:credit|debit)?[ _-]?cards?(?:[ _-]?(?:no|num|number|holder))?\b|\bpan\b|\bcc[ _-]?nu?m|\bvisa\b|master ?card|amex|american express|kreditkarte|kartennummer|carte (?:bancaire|bleue|de crédit)|tarjeta/;

/** What makes a row of digits something that a machine counts with. */
const NUMBERED =
  /(?:\b|_)(?:id|ids|hash|sha\d*|build|commit|digest|seq|serial|timestamp|ts|nonce|checksum|isbn|order|trace|span|offset|version|ean|gtin|upc|sku|barcode|article|artikel|part|serial|tracking|imei)["']?\s{0,3}[:=#]?\s{0,3}["']?$/;

export const CREDIT_CARD: Recogniser = byPattern({
  type: 'CREDIT_CARD',
  where: 'digits',
  digits: 13,
  // in the groups that are printed on cards: a number before it or an expiry date behind it is not part of it
  pattern:
    /(?<![\w-]|\d\.)(?=(?<value>\d{4}(?<gap>[ -])\d{4}\k<gap>\d{4}\k<gap>\d{4}(?:\k<gap>\d{3})?|\d{4}(?<space>[ -])\d{6}\k<space>\d{4,5}|\d{13,19})(?![\w-]|\.\d))/g,
  likelihood: ({ value, around }) => {
    const digits = value.replace(/[ -]/g, '');
    if (!ISSUER.test(digits) || !luhn(digits)) return 0;
    // a machine counts with it
    if (digits.length === value.length && NUMBERED.test(around.before(24)) && !around.says(CARDS)) return 0.3;
    return digits.length !== value.length || around.says(CARDS) ? 0.95 : 0.6;
  },
  nobodys: ({ value }) => {
    const digits = value.replace(/[ -]/g, '');
    return TEST_CARDS.has(digits) || /(\d)\1{7}/.test(digits);
  },
});

export const IBAN_CODE: Recogniser = {
  type: 'IBAN_CODE',
  where: 'account',
  find: (text, { start }, around) => {
    const end = endOfIban(text, start);
    if (end === undefined) return [];
    const value = text.slice(start, end);
    const code = value.replace(/[ -]/g, '');
    const isPlain = code === code.toUpperCase();
    if (!leavesOne(code.toUpperCase())) return [];
    // small letters are how digests are written
    if (!isPlain && !around.at(start, end).says(/iban|konto|account|compte|cuenta|bank/)) return [];
    const match: Match = { start, end, likelihood: 0.95, nobodys: SHOWN_IN_MANUALS.has(code.toUpperCase()) };
    return [match];
  },
};

/** As long as its country has them; between two of its characters stands one blank or hyphen at most. */
function endOfIban(text: string, start: number): number | undefined {
  let wanted = IBAN_LENGTH[text.slice(start, start + 2).toUpperCase()];
  if (wanted === undefined) return undefined;
  let at = start;
  for (; wanted > 0; wanted -= 1) {
    const sign = text[at];
    if (sign === ' ' || sign === '-') at += 1;
    if (!isOfIban(text.charCodeAt(at))) return undefined;
    at += 1;
  }
  return isOfIban(text.charCodeAt(at)) ? undefined : at;
}

const isOfIban = (code: number): boolean =>
  (code >= 48 && code <= 57) || ((code | 32) >= 97 && (code | 32) <= 122);

/** The remainder that every account number leaves. */
function leavesOne(code: string): boolean {
  let rest = 0;
  for (const character of code.slice(4) + code.slice(0, 4))
    rest = Number(`${rest}${Number.parseInt(character, 36)}`) % 97;
  return rest === 1;
}

// biome-ignore format: a table reads better in rows
const IBAN_LENGTH: Readonly<Record<string, number>> = {
  AD: 24, AE: 23, AL: 28, AT: 20, AZ: 28, BA: 20, BE: 16, BG: 22, BH: 22, BR: 29, BY: 28, CH: 21, CR: 22, CY: 28,
  CZ: 24, DE: 22, DK: 18, DO: 28, EE: 20, EG: 29, ES: 24, FI: 18, FO: 18, FR: 27, GB: 22, GE: 22, GI: 23, GL: 18,
  GR: 27, GT: 28, HR: 21, HU: 28, IE: 22, IL: 23, IS: 26, IT: 27, JO: 30, KW: 30, KZ: 20, LB: 28, LC: 32, LI: 21,
  LT: 20, LU: 20, LV: 21, MC: 27, MD: 24, ME: 22, MK: 19, MR: 27, MT: 31, MU: 30, NL: 18, NO: 15, PK: 24, PL: 28,
  PS: 29, PT: 25, QA: 29, RO: 24, RS: 22, SA: 24, SC: 31, SE: 24, SI: 19, SK: 24, SM: 27, ST: 25, SV: 28, TL: 23,
  TN: 24, TR: 26, UA: 29, VA: 22, VG: 24, XK: 20,
};

/** The check digit that every card number carries. */
function luhn(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = Number(digits[digits.length - 1 - at]);
    const doubled = at % 2 === 0 ? digit : digit * 2;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

const ISSUER =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|6(?:011|5\d\d|4[4-9]\d)\d{12}|3(?:0[0-5]|[689]\d)\d{11}|35(?:2[89]|[3-8]\d)\d{12}|62\d{14,17})$/;

/** What payment providers give out for trying. */
const TEST_CARDS: ReadonlySet<string> = new Set([
  '4111111111111111',
  '4242424242424242',
  '4012888888881881',
  '4000056655665556',
  '4222222222222',
  '4000000000000002',
  '4000002500003155',
  '4000000000009995',
  '5555555555554444',
  '5105105105105100',
  '5200828282828210',
  '2223003122003222',
  '378282246310005',
  '371449635398431',
  '378734493671000',
  '6011111111111117',
  '6011000990139424',
  '3056930009020004',
  '30569309025904',
  '38520000023237',
  '3530111333300000',
  '3566002020360505',
  '6200000000000005',
  '4007000000027',
  '4222222222222220',
  '4917610000000000',
  '5424000000000015',
  '6011000000000012',
  '38000000000006',
  '370000000000002',
]);

const SHOWN_IN_MANUALS: ReadonlySet<string> = new Set([
  'DE89370400440532013000',
  'GB29NWBK60161331926819',
  'GB82WEST12345698765432',
  'GB33BUKB20201555555555',
  'FR1420041010050500013M02606',
  'FR7630006000011234567890189',
  'NL91ABNA0417164300',
  'ES9121000418450200051332',
  'IT60X0542811101000000123456',
  'BE68539007547034',
  'CH9300762011623852957',
  'AT611904300234573201',
  'NO9386011117947',
  'CY17002001280000001200527600',
  'SE4550000000058398257466',
  'PL61109010140000071219812874',
  'DK5000400440116243',
  'FI2112345600000785',
  'PT50000201231234567890154',
  'IE29AIBK93115212345678',
  'LU280019400644750000',
  'CZ6508000000192000145399',
  'GR1601101250000000012300695',
  'TR330006100519786457841326',
  'SA0380000000608010167519',
]);
