import type { RecordKind } from '../../../contracts/index-record.ts';
import { sha256 } from '../../custody/digest.ts';
import { cleanLine, cleanText } from '../../finding/reading/clean-text.ts';
import type { Mask } from '../mask.ts';

/** What readers of reports and bills make records with: nothing of a text gets into one but through it. */
export type Desk = {
  /** A foreign text as it may be indexed: masked, without hostile characters, not longer than `max`. */
  readonly safe: (text: string, max: number) => string;
  readonly line: (text: string, max: number) => string;
  /** Of what makes it this one; the second one of the same gets a number. */
  readonly key: (kind: RecordKind, ...identity: readonly unknown[]) => string;
  readonly lost: (why: 'damaged' | 'too_large' | 'too_deep', where: string) => void;
};

export function createDesk(mask: Mask, path: string, lost: Desk['lost']): Desk {
  const known = new Map<string, string>();
  const seen = new Map<string, number>();
  const masked = (text: string): string => {
    if (text === '' || IMPERSONAL.test(text)) return text;
    if (text.length > LONGEST_KNOWN) return mask(text, { path, format: 'text' });
    const safe = known.get(text) ?? mask(text, { path, format: 'text' });
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(text, safe);
    return safe;
  };
  return {
    // what the limit cuts in two must still be seen whole
    safe: (text, max) =>
      masked(cleanText(text, max + BEYOND))
        .slice(0, max)
        .toWellFormed(),
    line: (text, max) =>
      masked(cleanLine(text, max + BEYOND))
        .slice(0, max)
        .toWellFormed(),
    key: (kind, ...identity) => {
      const digest = sha256(JSON.stringify([path, kind, ...identity])).slice(0, 32);
      const number = (seen.get(digest) ?? 0) + 1;
      seen.set(digest, number);
      return number === 1 ? `${kind}/${digest}` : `${kind}/${digest}/${number}`;
    },
    lost,
  };
}

/** Reports say the same of thousands of places: titles, rules, paths. */
const LONGEST_KNOWN = 400;
const MOST_KNOWN = 20_000;
const BEYOND = 512;

/** Names of weaknesses, and versions: one of four numbers is no address of a network here. */
const IMPERSONAL = /^(?:(?:CVE|CWE|GHSA|PYSEC|RUSTSEC)-[\w-]{1,40}|v?\d{1,5}(?:\.\d{1,6}){1,3})$/;
