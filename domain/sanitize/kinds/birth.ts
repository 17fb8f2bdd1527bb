import { SENSE } from '../lexicon/lexicon.ts';
import { byPattern, type Recogniser } from '../recogniser.ts';

const WORDS =
  '(?:birth(?:[ _-]?da(?:te|y))?|geburts(?:datum|tag)|naissance|nacimiento|(?<!\\p{L})(?:d\\.?o\\.?b(?!\\p{L})\\.?|born(?: on)?|geb\\.?-?datum|geb(?:oren|\\.)(?: am)?|née?(?:\\(e\\))?(?: le)?|nacid[oa](?: el)?|nac\\.|nació(?: el)?|الميلاد|ميلاد|مواليد|المولودة?))';

const MONTH =
  '(?:(?:jan|feb|fév|mar|mär|apr|avr|abr|ma[iy]|jun|juin|jul|juil|aug|août|ago|sep|o[ck]t|nov|de[cz]|déc|ene|dic)[a-zûéä]{0,8}|يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر)';

const DATE = `(?:\\d{1,2}[./-] ?\\d{1,2}[./-] ?(?:19|20)?\\d{2}|(?:19|20)\\d{2}[-/.]\\d{1,2}[-/.]\\d{1,2}|\\d{1,2}(?:\\.|st|nd|rd|th|er)?[ -]?(?:de |of )?${MONTH}\\.?,?[ -](?:de |del )?(?:19|20)\\d{2}|${MONTH}\\.? \\d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\\d{2})`;

/** Where somebody was born stands between, or the form in which the date is asked for. */
const BETWEEN =
  '(?:,? (?:in|à|en) \\p{Lu}[\\p{L}-]{1,20}(?: \\p{Lu}[\\p{L}-]{1,20})?,?(?: (?:on|am|le|el))?|[ _]?\\([^()\\n]{1,20}\\)| (?:is|was|ist|est|es|am|on|le|el|في))?';

/** A date right behind a word that says whose day it is. */
export const DATE_OF_BIRTH: Recogniser = byPattern({
  type: 'DATE_OF_BIRTH',
  where: 'words',
  sense: SENSE.birth,
  reach: 100,
  pattern: new RegExp(
    `${WORDS}${BETWEEN}["']?[ \\t:=(>*_|-]{0,6}["']?(?:the )?(?<value>${DATE})(?![\\w-])`,
    'giu',
  ),
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
