import { byPattern, type Recogniser } from '../recogniser.ts';

const WORDS =
  '(?:date[ _-]?of[ _-]?birth|birth[ _-]?da(?:te|y)|\\bd\\.?o\\.?b\\b\\.?|\\bborn(?: on)?|geburts(?:datum|tag)|\\bgeb(?:oren|\\.)(?: am)?|date[ _]de[ _]naissance|\\bnée?(?:\\(e\\))?(?: le)?|fecha[ _]de[ _]nacimiento|\\bnacid[oa](?: el)?)';

const MONTH =
  '(?:jan|feb|fév|mar|mär|apr|avr|abr|ma[iy]|jun|juin|jul|juil|aug|août|ago|sep|o[ck]t|nov|de[cz]|ene|dic)[a-zûéä]{0,8}';

const DATE = `(?:\\d{1,2}[./-]\\d{1,2}[./-](?:19|20)?\\d{2}|(?:19|20)\\d{2}[-/.]\\d{1,2}[-/.]\\d{1,2}|\\d{1,2}(?:\\.|st|nd|rd|th|er)? ?(?:de |of )?${MONTH},? (?:de )?(?:19|20)\\d{2}|${MONTH} \\d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\\d{2})`;

/** A date right behind a word that says whose day it is. */
export const DATE_OF_BIRTH: Recogniser = byPattern({
  type: 'DATE_OF_BIRTH',
  where: 'text',
  needs: /birth|born|geb|naissance|née?[ (:]|nacimiento|nacid|d\.?o\.?b/i,
  pattern: new RegExp(`${WORDS}["']?[ \\t:=(>*_-]{0,6}["']?(?<value>${DATE})(?![\\w-])`, 'giu'),
  likelihood: () => 0.85,
});

const IN_HEAD = new RegExp(WORDS, 'iu');

/** The same in a table, where the word is at the head of the column. */
export const DATE_IN_COLUMN: Recogniser = byPattern({
  type: 'DATE_OF_BIRTH',
  where: 'digits',
  digits: 6,
  heads: IN_HEAD,
  pattern:
    /(?<![\w./-])(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d{2}|(?:19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2})(?![\w-]|[./]\d)/g,
  likelihood: ({ around }) => (IN_HEAD.test(around.heading()) ? 0.85 : 0),
});
