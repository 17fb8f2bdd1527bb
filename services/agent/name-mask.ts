import type { PrivacyPolicy } from '../../contracts/privacy.ts';
import { createDetector } from '../../domain/sanitize/create-detector.ts';
import type { Detected } from '../../domain/sanitize/detector.ts';
import { indexPolicy } from '../../domain/sanitize/index-policy.ts';
import { maskText } from '../../domain/sanitize/mask-text.ts';
import { isTextLike } from '../connectors/text-like.ts';
import type { SiteKeys } from './site-keys.ts';

/** What a source calls its items, as it may leave the site. */
export interface NameMask {
  /** One line, masked like every text, not longer than `max`. */
  line(text: string, max: number): string;
  /** Like a line; of the same ones it is asked again and again. */
  path(text: string): string;
  /** The name of a file: how it ends tells its format, and stays. */
  file(name: string): string;
  /** The name of an item at the platform: its own where nothing of it is personal, else one that stays the same and its alone. */
  key(source: string, key: string): string;
  /** Of what would tell what it was made of: a digest of a short text is soon guessed. */
  blind(purpose: string, text: string): string;
}

export function createNameMask(policy: PrivacyPolicy, { nameOf }: SiteKeys): NameMask {
  const detector = createDetector(indexPolicy(policy), 'documents', 'anybodys');
  const found = (text: string): Detected[] => [
    ...detector.detect(text),
    ...detector.detect(text.replace(/[_-]/g, ' ')),
    ...segmentsOf(text).flatMap(({ at, segment }) =>
      detector
        .detect(asWritten(segment))
        .filter(ofPeople)
        .map(({ start, end, ...one }) => ({ ...one, start: at + start, end: at + end })),
    ),
  ];
  const masked = (text: string, beginning?: string): string =>
    maskText(
      shownText(text),
      together([...found(shownText(text)), ...(beginning === undefined ? [] : found(shownText(beginning)))]),
    );
  const known = new Map<string, string>();
  return {
    path: (text) => {
      const before = known.get(text);
      if (before !== undefined) return before;
      const shown = masked(text);
      if (known.size >= MOST_KNOWN) known.clear();
      known.set(text, shown);
      return shown;
    },
    line: (text, max) => masked(text).slice(0, max).toWellFormed(),
    file: (name) => {
      const ending = /\.[a-z0-9]{1,5}$/i.exec(name)?.[0] ?? '';
      const stem = name.slice(0, name.length - ending.length);
      if (stem === '' || !isEnding(ending)) return masked(name).slice(0, 500).toWellFormed();
      // .pl and .sh also end what is personal: it is looked for in all of the name, and in what stands before the ending
      const whole = masked(name, stem);
      // only swallowed by what is masked without it just the same
      if (whole === masked(stem)) return `${whole.slice(0, 480).toWellFormed()}${ending}`;
      if (!whole.endsWith(ending)) return whole.slice(0, 500).toWellFormed();
      return `${whole.slice(0, -ending.length).slice(0, 480).toWellFormed()}${ending}`;
    },
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
const shownText = (text: string): string => text.toWellFormed().replace(UNPRINTABLE, ' ').slice(0, LONGEST);
const LONGEST_KEY = 800;
const MOST_KNOWN = 5000;

/** After a dot may also stand what somebody is called. */
const isEnding = (ending: string): boolean => isTextLike(`x${ending}`) || OTHER_ENDINGS.test(ending);
const OTHER_ENDINGS = /^\.(?:log|zip|tar|tgz|gz|bz2|xz|zst|png|jpe?g|gif|tiff?|svg|msg|mbox|exe|bin)$/i;

const ofPeople = ({ type }: Detected): boolean => type === 'PERSON' || type === 'PHONE_NUMBER';

/** In names of files people stand in small letters, with other signs between their names than in sentences. */
const asWritten = (segment: string): string =>
  segment
    .replace(/[._+-]/g, ' ')
    .replace(/(?<!\p{L})\p{Ll}/gu, (letter) =>
      letter.toUpperCase().length === letter.length ? letter.toUpperCase() : letter,
    );

const segmentsOf = (text: string): { at: number; segment: string }[] =>
  [...text.matchAll(/[^/]+/g)].map(({ 0: segment, index }) => ({ at: index, segment }));

/** Found in several readings of a name, something is found more than once. */
function together(found: readonly Detected[]): Detected[] {
  const apart: Detected[] = [];
  for (const one of found.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = apart.at(-1);
    if (last === undefined || one.start >= last.end) apart.push(one);
    else apart[apart.length - 1] = { ...last, end: Math.max(last.end, one.end) };
  }
  return apart;
}
