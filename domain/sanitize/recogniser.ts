import type { Around, Surroundings } from './surroundings.ts';
import type { Window, Windows } from './windows.ts';

/** How sure it is, and whether it is known to be nobody's although it looks like it. */
export type Match = {
  readonly start: number;
  readonly end: number;
  readonly likelihood: number;
  readonly nobodys: boolean;
};

/** What knows a kind: where it may stand, and what of that it is. */
export type Recogniser = {
  /** Named as Presidio names it, where it has the kind. */
  readonly type: string;
  /** The windows that are looked at; `text` is all of it. */
  readonly where: keyof Windows | 'text';
  /** A window with fewer digits, or fewer dots, has none. */
  readonly digits?: number;
  readonly dots?: number;
  /** Only words that speak of one of these. */
  readonly sense?: number;
  find(text: string, window: Window, around: Around): readonly Match[];
};

export type Found = {
  readonly value: string;
  readonly groups: Readonly<Record<string, string | undefined>>;
  readonly around: Surroundings;
};

type Pattern = Omit<Recogniser, 'find'> & {
  /** How far behind its window a match may reach. */
  readonly reach?: number;
  /**
   * The group `value` where there is one. Every repetition has an upper bound and no two that follow each other eat the same
   * text: a hostile text must not cost more than its length.
   */
  readonly pattern: RegExp;
  /** For the whole text: none of it is looked at without this. */
  readonly needs?: string | RegExp;
  /** Of a table: one of its columns must have such a name. */
  readonly heads?: RegExp;
  /** 0 is: it is not. */
  readonly likelihood: (found: Found) => number;
  readonly nobodys?: (found: Found) => boolean;
};

/** A kind that has a shape. */
export function byPattern({
  pattern,
  needs,
  heads,
  likelihood,
  nobodys,
  reach = MARGIN,
  ...rest
}: Pattern): Recogniser {
  const hasHead = (_: string, around: Around) => heads === undefined || heads.test(around.heads);
  const whole = rest.where === 'text';
  return {
    ...rest,
    find: (text, window, around) => {
      if (needs !== undefined && !(typeof needs === 'string' ? text.includes(needs) : needs.test(text)))
        return [];
      if (heads !== undefined && !around.once(hasHead)) return [];
      // with a little on both sides, for what must not stand there
      const from = whole ? 0 : Math.max(0, window.start - MARGIN);
      const part = whole ? text : text.slice(from, window.end + reach);
      const matches: Match[] = [];
      pattern.lastIndex = 0;
      for (let match = pattern.exec(part); match !== null; match = pattern.exec(part)) {
        const value = match.groups?.value ?? match[0];
        const offset = match.groups?.value === undefined ? 0 : Math.max(0, match[0].lastIndexOf(value));
        const start = from + match.index + offset;
        const end = start + value.length;
        const found = { value, groups: match.groups ?? {}, around: around.at(start, end) };
        const sure = likelihood(found);
        if (sure > 0) matches.push({ start, end, likelihood: sure, nobodys: nobodys?.(found) ?? false });
        // what only looks ahead does not go on by itself
        if (match[0] === '') pattern.lastIndex += 1;
      }
      return matches;
    },
  };
}

const MARGIN = 4;
