import { isFamily, SENSE } from '../lexicon/lexicon.ts';
import {
  arabicNameAt,
  isArabic,
  isGivenName,
  isKnown,
  isPlace,
  isSureGiven,
  type Name,
  nameAt,
} from '../names.ts';
import type { Match, Recogniser } from '../recogniser.ts';
import type { Around } from '../surroundings.ts';
import type { Window } from '../windows.ts';
import { namesInColumns } from './person-columns.ts';
import { labelled } from './person-fields.ts';
import { behind, type Guess, guess, isSomething } from './person-guess.ts';

/** People, by what stands around their names and by lists of the commonest. */
export const PERSON: Recogniser = {
  type: 'PERSON',
  where: 'text',
  find: (_text, _window, around) => around.once(peopleIn),
};

function peopleIn(text: string, around: Around): Match[] {
  const found: Match[] = [];
  const keep = (one: Guess | undefined) => {
    if (one === undefined || one.likelihood === 0) return;
    const { start, end, likelihood } = one;
    const value = text.slice(start, end);
    if (!NO_NAME.test(value)) found.push({ start, end, likelihood, nobodys: NOBODY.test(value) });
  };
  for (const word of around.windows.words) {
    const { sense } = word;
    if ((sense & SENSE.role) !== 0) for (const one of labelled(text, word)) keep(one);
    if ((sense & (SENSE.doing | SENSE.home)) !== 0) keep(doing(text, word));
    if ((sense & SENSE.title) !== 0) keep(titled(text, word));
    if ((sense & SENSE.greeting) !== 0) keep(greeted(text, word));
    if ((sense & SENSE.signOff) !== 0) keep(signed(text, word));
    if ((sense & (SENSE.given | SENSE.doubtful)) !== 0) keep(listed(text, word));
    else if ((sense & SENSE.family) !== 0) keep(withInitial(text, word));
  }
  for (const window of around.windows.at) for (const one of besideAddress(text, window)) keep(one);
  const named = [...found, ...onCards(text), ...namesInColumns(text, around)];
  return [...named, ...mentionedAgain(text, around, named)];
}

/** `Dr. Schneider`, `Mme Dupont`, `السيد …`: the title itself is nobody's. */
function titled(text: string, { start, end }: Window): Guess | undefined {
  const title = text.slice(start, end);
  TITLES.lastIndex = end;
  if (TITLES.exec(text) === null || isInside(text, start)) return undefined;
  const name = behind(text, TITLES.lastIndex) ?? unknownArabic(text, TITLES.lastIndex);
  if (name === undefined) return undefined;
  const known = name.words.some(isKnown);
  if (STRONG.test(title)) return guess(name, known ? 0.85 : 0.75);
  if (
    known &&
    (/^\p{Lu}/u.test(title) || isArabic(title, 0) || /^(?:señora?|doctora?|don|doña)$/.test(title))
  )
    return guess(name, 0.7);
  return /^(?:docteure?|doctora?|señora?)$/.test(title) ? guess(name, 0.55) : undefined;
}

const TITLES =
  /\.?[ \u00a0]{1,2}(?:(?:Dr|Prof|med|rer|nat|Ing|Dipl|Mag|Lic|jur|phil|h\.c)\.?[ -]{1,2}){0,4}/uy;

const STRONG =
  /^(?:M(?:rs?|s|me|lle)|Dr|Prof|Professor|Herrn?|Frau|Monsieur|Madame|Mademoiselle|Señor(?:a|ita)?|Sra?|Srta|Doña|Maître|السيدة?|الدكتورة?|الأستاذة?|المهندسة?|الآنسة|الشيخ)$/u;

/** Behind a title the first word counts though no list has it. */
function unknownArabic(text: string, start: number): Name | undefined {
  if (!isArabic(text, start)) return undefined;
  const first = /[\u0620-\u064a]{2,15}/y;
  first.lastIndex = start;
  const word = first.exec(text)?.[0];
  if (word === undefined || !/^ال/.test(word)) return undefined;
  return { start, end: start + word.length, words: [word] };
}

function greeted(text: string, { start, end }: Window): Guess | undefined {
  GREETED.lastIndex = end;
  if (isInside(text, start) || GREETED.exec(text) === null) return undefined;
  const name = behind(text, GREETED.lastIndex);
  if (name === undefined || !/^[ \t]{0,2}(?:$|[,!:;.\n\r–-])/.test(text.slice(name.end, name.end + 4)))
    return;
  if (name.words.some(isGivenName)) return guess(name, 0.75);
  const greeting = text.slice(start, end);
  if (
    name.words.length === 1 &&
    text[name.end] === ',' &&
    /^(?:Dear|Liebe[rs]?|Ch(?:er|ère)|Querid[oa]|Estimad[oa])$/u.test(greeting)
  )
    return guess(name, NOBODY_GREETED.test(name.words[0] ?? '') ? 0 : 0.55);
  return undefined;
}

const GREETED = /(?:,? (?:again|there|zusammen|nochmal))?,? /uy;
const NOBODY_GREETED =
  /^(?:Sir|Madam|All|Team|Colleagues?|Customers?|Friends?|Users?|Everyone|Readers?|Members?|Editors?|Hiring|Valued|Support|Kolleg\w+|Kund\w+|Leser\w*|Freund\w+|Gäste|Mitglieder|Eltern|Collègues?|Clients?|Amis?|Amie?s?|Compañer\w+|Clientes?|Amig\w+|Señor\w*|Diary|Santa)$/;

/** `Kelvin Achebe lives …`, though no list has him. */
function doing(text: string, { start, end }: Window): Guess | undefined {
  const verb = text.slice(start, end);
  if (!DOES.test(verb) || text[start - 1] !== ' ') return undefined;
  const from = Math.max(0, start - 60);
  const before = TWO_WORDS.exec(text.slice(from, start - 1));
  if (before === null) return undefined;
  const name = nameAt(text, from + before.index, 3);
  if (name === undefined || name.end !== start - 1 || name.words.length < 2) return undefined;
  return isSomething(name.words) ? undefined : guess(name, 0.55);
}

const DOES =
  /^(?:lives|lived|resides|resided|said|says|called|wrote|told|asked|replied|works|worked|thinks|wohnt|wohnte|sagte|schrieb|rief|meinte|antwortete|habite|habitait|écrit|vive|vivía|reside|dijo|escribió|llamó|firmó)$/;
const TWO_WORDS =
  /(?<![\p{L}\p{N}_.'’-] ?)\p{Lu}\p{Ll}[\p{L}'’-]{0,20}(?: (?:\p{Lu}\.|\p{Lu}\p{Ll}[\p{L}'’-]{0,20})){1,2}$/u;
/** The line below the last words of a letter. */
function signed(text: string, { end }: Window): Guess | undefined {
  SIGNED.lastIndex = end;
  if (SIGNED.exec(text) === null) return undefined;
  const name = behind(text, SIGNED.lastIndex);
  if (name === undefined || !/^[ \t]{0,8}(?:$|[\n\r,|])/.test(text.slice(name.end, name.end + 10)))
    return undefined;
  const known = name.words.some(isKnown);
  const isLast = /^[ \t]{0,8}(?:\r?\n){0,3}$/.test(text.slice(name.end, name.end + 16));
  return guess(
    name,
    known ? 0.75 : name.words.length === 2 || (isLast && name.words.length === 1) ? 0.55 : 0,
  );
}

const SIGNED =
  /[^\n,.!]{0,28}[,.!]?[ \t]{0,4}\r?\n[ \t]{0,4}(?:\r?\n[ \t]{0,4}){0,2}(?:(?:Dr|Prof|Mr|Mrs|Ms|Frau|Herr|Mme|Sra?)\.? ){0,2}/uy;

/** A given name with what stands behind it, or in front. */
function listed(text: string, word: Window): Guess | undefined {
  const { start, sense } = word;
  if (isInside(text, start) || PLACE_BEFORE.test(text.slice(Math.max(0, start - 8), start))) return undefined;
  if (isArabic(text, start)) return arabic(text, start);
  const name = nameAt(text, start, 4);
  const [first, ...rest] = name?.words ?? [];
  if (name === undefined || first === undefined) return undefined;
  const isSure = (sense & SENSE.doubtful) === 0;
  const reversed = familyBefore(text, start, isSure ? name.end : undefined);
  if (reversed !== undefined && rest.length <= 1) return guess({ ...name, start: reversed }, 0.75);
  const full = rest.filter((one) => one.length > 2);
  const isShouted = first.length > 1 && first === first.toUpperCase();
  if (full.length === 0) return isShouted ? undefined : alone(text, name, isSure);
  const known = full.some((one) => isKnown(one) && !isPlace(one));
  if (isShouted) return guess(name, known && full.every((one) => one === one.toUpperCase()) ? 0.65 : 0);
  // `MAX Retries`: the one in capitals is something else
  if (full.some((one) => one.length > 3 && one === one.toUpperCase()) && !isFamily(full.at(-1) ?? ''))
    return undefined;
  if (known) return guess(name, isSure ? 0.85 : 0.65);
  if (isPlace(full[0] ?? ''))
    return isSure ? alone(text, { start, end: start + first.length, words: [first] }, isSure) : undefined;
  return guess(name, isSure ? 0.65 : 0);
}

/** `San José`, `St. Paul`. */
const PLACE_BEFORE =
  /(?:San|Santa|Santo|Saint|Sainte|St|St\.|Sankt|Port|Fort|Mount|Lake|New|Cape|Villa)[ -]$/;

/** One name and nothing else: only where a sentence goes on around it. */
function alone(text: string, name: Name, isSure: boolean): Guess | undefined {
  const [before, after] = [
    text.slice(Math.max(0, name.start - 12), name.start),
    text.slice(name.end, name.end + 14),
  ];
  if (!isSure || !/(?:^|[\s("“„«])$/.test(before) || !/^(?:['’]s?\b|[\s,.;:!?)"”“»]|$)/.test(after))
    return undefined;
  if (/^[.:][\w/]|^\(|^ ?[=<>{[]/.test(after)) return undefined;
  if (MONTH.test(name.words[0] ?? '') && (/\d[.,]? $/.test(before) || /^\.? \d/.test(after)))
    return undefined;
  return guess(name, BEFORE_SOMEBODY.test(before) || AFTER_SOMEBODY.test(after) ? 0.55 : 0.45);
}

/** `5 Jan 2026` is a day. */
const MONTH = /^(?:Jan|April|May|June|Juni|Juli|August|Julio|Junio|Mars|Mai)$/;

const BEFORE_SOMEBODY =
  /(?<!\p{L})(?:with|from|by|told|asked|called|met|and|mit|von|bei|und|an|für|avec|chez|par|et|con|por|para|y|colleague|friend|wife|husband|brother|sister|son|daughter|Frau|Bruder|Schwester|Tochter|Sohn)\s$/u;
const AFTER_SOMEBODY =
  /^['’]s\b|^,? (?:said|says|called|wrote|told|asked|has|had|was|is|will|and I|lives|works|thinks|hat|sagte|schrieb|ruft|rief|wohnt|ist|und ich|a dit|écrit|habite|dit|dijo|escribió|vive|llamó|trabaja)(?![\p{L}])/u;

function arabic(text: string, start: number): Guess | undefined {
  const name = arabicNameAt(text, start);
  if (name === undefined || name.words.length < 2) return undefined;
  return guess(name, name.words.some(isSureGiven) ? 0.75 : 0.6);
}

/** `Schneider, Maria`; between quotes no list need have the family. */
function familyBefore(text: string, start: number, end: number | undefined): number | undefined {
  if (text.slice(start - 2, start) !== ', ') return undefined;
  const before = /(?<![\p{L}\p{N}_-])(\p{Lu}[\p{L}'’-]{1,30})$/u.exec(
    text.slice(Math.max(0, start - 34), start - 2),
  );
  const from = start - 2 - (before?.[1] ?? '').length;
  if (before === null) return undefined;
  const isQuoted = end !== undefined && text[end] === '"' && text[from - 1] === '"';
  return isQuoted || isFamily(before[1] ?? '') ? from : undefined;
}

/** `N:Wegmann;Johanna;;Dr.;` of an address book. */
function onCards(text: string): Match[] {
  if (!text.includes('BEGIN:VCARD')) return [];
  return [...text.matchAll(ON_CARD)].flatMap(({ indices }) =>
    [indices?.[1], indices?.[2]].flatMap((at) =>
      at === undefined || at[0] === at[1]
        ? []
        : [{ start: at[0], end: at[1], likelihood: 0.9, nobodys: false }],
    ),
  );
}

const ON_CARD =
  /^(?:item\d{1,3}\.)?(?:N(?:;[^:\n]{0,80})?:([^;\n\r]{1,80});?|(?:FN|NICKNAME)(?:;[^:\n]{0,80})?:([^;\n\r]{1,80}))/dgm;

/** `J. Schneider`, `J.-P. Dupont`. */
function withInitial(text: string, { start, end }: Window): Guess | undefined {
  const initials = /(?<![\p{L}\p{N}_.])(?:\p{Lu}\.[ -]?){1,3}$/u.exec(
    text.slice(Math.max(0, start - 10), start),
  );
  if (initials === null || isTail(text, end)) return undefined;
  const name = nameAt(text, start, 2);
  return name === undefined ? undefined : guess({ ...name, start: start - initials[0].length }, 0.6);
}

/** `Maria Schneider <m.schneider@…>`: the list need not have her. */
function besideAddress(text: string, { start, end }: Window): Guess[] {
  const from = Math.max(0, start - 40);
  return [...text.slice(from, end).matchAll(BESIDE)].flatMap((match) => {
    const name = nameAt(text, from + match.index);
    if (name === undefined || name.end > from + match.index + match[0].length) return [];
    const local = (match.groups?.local ?? '').toLowerCase();
    const isTheirs = name.words.some((word) => word.length > 2 && local.includes(plain(word)));
    return isTheirs || name.words.some(isKnown) ? [guess(name, 0.8)] : [];
  });
}

const BESIDE =
  /(?<![\p{L}\p{N}] ?)\p{Lu}[\p{L}'’.-]{0,30}(?: [\p{L}'’.-]{1,30}){0,4}["']? {0,2}[<([](?:mailto:)?(?<local>[\p{L}\p{N}._%+-]{1,64})@/gu;

const plain = (word: string): string =>
  word
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase();

/** Who was named in full once is meant by a part of the name afterwards. */
function mentionedAgain(text: string, { windows }: Around, found: readonly Match[]): Match[] {
  const parts = new Set<string>();
  for (const { start, end, likelihood, nobodys } of found) {
    if (likelihood < 0.6 || nobodys || parts.size > MOST_PARTS) continue;
    for (const part of text.slice(start, end).split(' '))
      if (/^\p{Lu}\p{Ll}{2,}/u.test(part)) parts.add(part);
  }
  if (parts.size === 0) return [];
  const again: Match[] = [];
  for (const { start, end, sense } of windows.words) {
    if ((sense & (SENSE.given | SENSE.family)) === 0 || (sense & SENSE.doubtful) !== 0) continue;
    if (parts.has(text.slice(start, end)) && !isInside(text, start) && !isTail(text, end))
      again.push({ start, end, likelihood: 0.6, nobodys: false });
  }
  return again;
}

const MOST_PARTS = 200;

/** In the middle of an identifier, an address or a path. */
const isInside = (text: string, start: number): boolean => start > 0 && INSIDE.test(text.charAt(start - 1));
const INSIDE = /[\p{L}\p{N}_@#$/\\.-]/u;
const isTail = (text: string, end: number): boolean => /[\p{L}\p{N}_@(/\\]/u.test(text.charAt(end));

/** Whom manuals and forms call by a name. */
const NOBODY = /^(?:John|Jane) (?:Doe|Q\.? Public)$|^(?:Max|Erika) Mustermann$/;
const NO_NAME =
  /^(?:First|Last|Full|Your|Name|String|None|Null|Unknown|Required|Optional|Text|Sir|Madam|Test|Example|Yes|No|True|False)(?: |$)/;
