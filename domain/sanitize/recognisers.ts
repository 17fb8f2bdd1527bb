/** A kind of personal data: how it looks, and a check that tells it from what merely looks alike. */
export type Recogniser = {
  /** Named as Presidio names it. */
  readonly type: string;
  /** The group `value` where there is one: a pattern of zero width also finds what begins inside of another match. */
  readonly pattern: RegExp;
  readonly holds?: (match: string) => boolean;
};

export const RECOGNISERS: readonly Recogniser[] = [
  {
    type: 'EMAIL_ADDRESS',
    pattern: /(?<![\w.+-])[\w.+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}/g,
  },
  {
    type: 'IP_ADDRESS',
    // four numbers with a further dot before or behind are a version, not an address
    pattern: /(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)/g,
    holds: (match) => match.split('.').every((part) => Number(part) <= 255 && String(Number(part)) === part),
  },
  {
    type: 'CREDIT_CARD',
    // in the groups that are printed on cards: a number before it or an expiry date behind it is not part of it
    pattern:
      /(?<![\w-])(?=(?<value>\d{4}(?<gap>[ -])\d{4}\k<gap>\d{4}\k<gap>\d{4}|\d{4}(?<space>[ -])\d{6}\k<space>\d{4,5}|\d{13,19})(?![\w-]))/g,
    holds: (match) => luhn(match.replace(/[ -]/g, '')),
  },
  {
    type: 'IBAN_CODE',
    pattern:
      /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[A-Z0-9]{11,30}|(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,3})?)(?![A-Za-z0-9])/g,
    holds: (match) => isIban(match.replaceAll(' ', '')),
  },
  {
    type: 'PHONE_NUMBER',
    // with its country and in groups: a row of digits alone may count anything
    pattern: /(?<![\w+.-])\+[1-9]\d{0,2}[ .-]?\(?\d{1,5}\)?(?:[ .-]\d{2,8}){1,5}(?![\w-]|\.\d)/g,
    holds: (match) => /^\d{9,15}$/.test(match.replace(/\D/g, '')),
  },
];

/** The remainder that every account number leaves, and the length of its country where that is known. */
function isIban(code: string): boolean {
  const length = IBAN_LENGTH[code.slice(0, 2)];
  if (length !== code.length) return false;
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
  if (/^0+$/.test(digits)) return false;
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = Number(digits[digits.length - 1 - at]);
    const doubled = at % 2 === 0 ? digit : digit * 2;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
