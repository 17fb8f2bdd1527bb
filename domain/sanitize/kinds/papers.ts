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
