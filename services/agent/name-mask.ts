import type { PrivacyPolicy } from '../../contracts/privacy.ts';
import { createDetector } from '../../domain/sanitize/create-detector.ts';
import type { Detected } from '../../domain/sanitize/detector.ts';
import { indexPolicy } from '../../domain/sanitize/index-policy.ts';
import { maskText } from '../../domain/sanitize/mask-text.ts';
import type { SiteKeys } from './site-keys.ts';

/** What a source calls its items, as it may leave the site. */
export interface NameMask {
  /** One line, masked like every text, not longer than `max`. */
  line(text: string, max: number): string;
  /** The name of an item at the platform: its own where nothing of it is personal, else one that stays the same and its alone. */
  key(source: string, key: string): string;
  /** Of what would tell what it was made of: a digest of a short text is soon guessed. */
  blind(purpose: string, text: string): string;
}

export function createNameMask(policy: PrivacyPolicy, { nameOf }: SiteKeys): NameMask {
  const detector = createDetector(indexPolicy(policy), 'documents', 'anybodys');
  const masked = (text: string): string => {
    const clean = text.toWellFormed().replace(UNPRINTABLE, ' ').slice(0, LONGEST);
    // in names of files people stand with other signs between their names than in sentences
    const spoken = detector.detect(clean.replace(/[._/+-]/g, ' ')).filter(ofPeople);
    return maskText(clean, together([...detector.detect(clean), ...spoken]));
  };
  return {
    line: (text, max) => masked(text).slice(0, max).toWellFormed(),
    key: (source, key) => {
      const shown = masked(key);
      return shown === key && key.length <= LONGEST_KEY
        ? key
        : `${shown.slice(0, LONGEST_KEY).toWellFormed()}~${nameOf(`key of ${source}`, key)}`;
    },
    blind: nameOf,
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what no name is shown with
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;
const LONGEST = 4000;
const LONGEST_KEY = 800;

const ofPeople = ({ type }: Detected): boolean => type === 'PERSON' || type === 'PHONE_NUMBER';

/** Found in both readings of a name, something may be found twice. */
function together(found: readonly Detected[]): Detected[] {
  const apart: Detected[] = [];
  for (const one of found.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = apart.at(-1);
    if (last === undefined || one.start >= last.end) apart.push(one);
    else apart[apart.length - 1] = { ...last, end: Math.max(last.end, one.end) };
  }
  return apart;
}
