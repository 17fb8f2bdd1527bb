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
];

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
