import { SENSE } from '../lexicon/lexicon.ts';
import { byPattern, type Recogniser } from '../recogniser.ts';

const SOCIAL_SECURITY = /\bssn\b|social[ _-]?security|\bss ?#|_ssn|ssn_/;

/** Three numbers in a row are dates, versions and parts, too. */
export const US_SSN: Recogniser = byPattern({
  type: 'US_SSN',
  where: 'digits',
  digits: 9,
  pattern:
    /(?<![\w-]|\d[.,/])(?!000|666|9)\d{3}(?:(?<sign>[ -])(?!00)\d{2}\k<sign>|(?!00)\d{2})(?!0000)\d{4}(?![\w-]|[.,/]\d)/g,
  likelihood: ({ value, around }) => {
    if (!around.says(SOCIAL_SECURITY)) return value.includes('-') ? 0.35 : 0;
    return value.includes('-') ? 0.9 : 0.7;
  },
  nobodys: ({ value }) =>
    /^123-?45-?6789$|^078-?05-?1120$|^219-?09-?9999$|^(\d)\1\1-?\1\1-?\1{4}$/.test(
      value.replaceAll(' ', '-'),
    ),
});

export const US_PASSPORT: Recogniser = byPattern({
  type: 'US_PASSPORT',
  where: 'words',
  sense: SENSE.paper,
  reach: 60,
  pattern:
    /passport(?:[ _-]?(?:no|nr|num|number))?["']?[ \t.:#=]{0,4}(?:is |number |no\.? )?["']?(?<value>[A-Za-z]?\d{8,9})(?![\w-])/gi,
  likelihood: () => 0.8,
  nobodys: ({ value }) => /12345678|(\d)\1{6}/.test(value),
});

export const DE_ID_CARD: Recogniser = byPattern({
  type: 'DE_ID_CARD',
  where: 'words',
  sense: SENSE.paper,
  reach: 60,
  pattern:
    /(?:ausweis|reisepass)(?:[- ]?(?:nummer|nr\.?))?["']?[ \t:#=]{0,4}(?:lautet |ist )?["']?(?<value>(?-i:(?=[CFGHJ-NPRTV-Z0-9]{0,8}\d)[CFGHJKLMNPRTVWXYZ][CFGHJ-NPRTV-Z0-9]{8}\d?))(?![\w-])/gi,
  likelihood: ({ value }) => (value.length === 10 ? (hasCheckDigit(value) ? 0.95 : 0) : 0.7),
});

/** 7, 3, 1, as on every document that a machine reads. */
function hasCheckDigit(value: string): boolean {
  const sum = [...value.slice(0, -1)].reduce(
    (all, sign, at) => all + Number.parseInt(sign, 36) * ([7, 3, 1][at % 3] ?? 1),
    0,
  );
  return sum % 10 === Number(value.at(-1));
}
