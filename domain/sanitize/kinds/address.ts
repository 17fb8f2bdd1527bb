import { SENSE } from '../lexicon/lexicon.ts';
import type { Match, Recogniser } from '../recogniser.ts';
import type { Around } from '../surroundings.ts';
import type { Window } from '../windows.ts';

/** A street with the number of a house. */
export const STREET_ADDRESS: Recogniser = {
  type: 'STREET_ADDRESS',
  where: 'text',
  find: (_text, _window, around) => around.once(streetsIn),
};

export function streetsIn(text: string, { windows }: Around): Match[] {
  const found: Match[] = [];
  const add = (start: number, value: string, likelihood: number) =>
    void found.push({ start, end: start + value.length, likelihood, nobodys: false });
  for (const word of windows.words) {
    if ((word.sense & SENSE.street) === 0) continue;
    addNumberFirst(text, word, add);
    addStreetFirst(text, word, add);
    addBox(text, word, add);
  }
  for (const window of windows.houses) addGerman(text, window, add);
  return found;
}

type Add = (start: number, value: string, likelihood: number) => void;

const WORD = "[\\p{Lu}][\\p{L}\\p{M}'’.-]{0,30}";
const UNIT = '(?:,? (?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|Fl|Room|Rm|#)\\.? ?#?[A-Z0-9-]{1,6})?';

/** `1428 Elm Street, Apt 4`: the kind of street stands last. */
const NUMBER_FIRST = new RegExp(
  `(?<![\\p{L}\\p{N}_.,/-])(?:(?:Flat|Unit|Apt) ?[0-9A-Z]{1,4},? )?\\d{1,5}[A-Za-z]?(?:[-/]\\d{1,4})?,? (?:[NSEW]\\.?|North|South|East|West)?(?: ?(?:${WORD}|\\d{1,3}(?:st|nd|rd|th)) ){1,4}$`,
  'u',
);
const ENDS =
  /^(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Place|Pl|Square|Sq|Terrace|Crescent|Parkway|Pkwy|Highway|Hwy|Way|Close|Row|Mews|Gardens|Grove|Circle|Cir|Trail|Trl)$/;
const UNIT_BEHIND = new RegExp(`^\\.?(?: (?:N|S|E|W|NE|NW|SE|SW)\\b)?${UNIT}`, 'u');

function addNumberFirst(text: string, { start, end }: Window, add: Add): void {
  if (!ENDS.test(text.slice(start, end)) || /[\p{L}\p{N}_(]/u.test(text.charAt(end))) return;
  const from = Math.max(0, start - BEFORE);
  const line = text.slice(from, start);
  const own = line.slice(line.lastIndexOf('\n') + 1);
  const number = NUMBER_FIRST.exec(own);
  if (number === null) return;
  const behind = UNIT_BEHIND.exec(text.slice(end, end + 30))?.[0] ?? '';
  const abbreviated =
    behind.startsWith('.') && /^\.(?: [a-z]|$)/.test(text.slice(end, end + 3)) ? '.' : behind;
  const at = start - own.length + number.index;
  add(at, text.slice(at, end + abbreviated.length), 0.75);
}

const BEFORE = 90;

/** `12 rue de la Paix`, `Calle Mayor, 5, 2º B`, `Via Roma 12`: the kind of street stands first. */
const FRENCH =
  /(?:(?:de la|de l['’]|du|des|de|d['’]|la|le|les|l['’]) ?){0,2}[\p{Lu}][\p{L}\p{M}'’-]{1,30}(?:[ -](?:(?:de la|du|des|de|et|la|le) )?(?:[\p{Lu}][\p{L}\p{M}'’-]{1,30}|\d{1,2})){0,4}/uy;
const FRENCH_KIND =
  /^(?:rue|avenue|av|boulevard|blvd|bd|place|all[ée]e|chemin|impasse|quai|route|cours|square|passage|ruelle)$/i;
const FRENCH_NUMBER = /(?<![\p{L}\p{N}_.,/-])\d{1,4}(?: ?(?:bis|ter|[A-D]))?,? $/u;

const SPANISH =
  /(?:\.|\/)? ?(?:(?:de la|de las|de los|del|de|la|el) ){0,2}[\p{Lu}][\p{L}\p{M}.'’-]{0,30}(?: (?:(?:de la|de los|del|de|y|la) )?[\p{Lu}][\p{L}\p{M}'’-]{1,30}){0,4},? (?:(?:n\.?[ºo°]|núm\.?|n°|número) ?)?\d{1,4}(?:[ -]?[A-D])?(?:,? (?:\d{1,2}\.?[ºª°](?: ?[A-Z](?!\p{L})| (?:izq|dcha|derecha|izquierda)\.?)?|bajo|ático|piso \d{1,2}|esc\.? ?\w{1,2}|pta\.? ?\w{1,2})){0,3}(?![\p{L}\p{N}])/uy;
const SPANISH_KIND =
  /^(?:calle|c|avenida|avda|av|plaza|pza|paseo|pº|camino|carrer|carretera|ronda|travesía|via|viale|piazza|corso)$/i;

const ARABIC =
  / [\u0620-\u064a]{2,15}(?: [\u0620-\u064a]{2,15}){0,3}[،,]? (?:(?:رقم|مبنى|عمارة) )?\d{1,4}(?!\d)/y;
const ARABIC_ALONE = / (?:الملك|الأمير|الشيخ|الشهيد|ال)[\u0620-\u064a]{1,15}(?: [\u0620-\u064a]{2,15}){0,2}/y;

function addStreetFirst(text: string, { start, end }: Window, add: Add): void {
  const kind = text.slice(start, end);
  if (kind === 'شارع' || kind === 'طريق') {
    ARABIC.lastIndex = end;
    ARABIC_ALONE.lastIndex = end;
    const behind = ARABIC.exec(text)?.[0] ?? (kind === 'شارع' ? ARABIC_ALONE.exec(text)?.[0] : undefined);
    const number = /(?<!\d)\d{1,4}[،,]? $/.exec(text.slice(Math.max(0, start - 7), start))?.[0] ?? '';
    if (behind !== undefined) add(start - number.length, number + kind + behind, 0.65);
    return;
  }
  if (FRENCH_KIND.test(kind) && text.charCodeAt(end) === 32) {
    const before = text.slice(Math.max(0, start - 14), start);
    const number = FRENCH_NUMBER.exec(before.slice(before.lastIndexOf('\n') + 1))?.[0];
    FRENCH.lastIndex = end + 1;
    const name = number === undefined ? null : FRENCH.exec(text);
    if (name !== null && number !== undefined)
      add(start - number.length, `${number}${kind} ${name[0]}`, 0.75);
  }
  if (SPANISH_KIND.test(kind) && !/[\p{L}\p{N}]/u.test(text.charAt(start - 1))) {
    const isShort = kind.length === 1;
    if (isShort && text[end] !== '/') return;
    SPANISH.lastIndex = end;
    const name = SPANISH.exec(text);
    if (name !== null && /^\p{Lu}|^(?:calle|avenida|plaza|paseo|via)/u.test(kind))
      add(start, kind + name[0], 0.75);
  }
}

function addBox(text: string, { start, end }: Window, add: Add): void {
  const kind = text.slice(start, end);
  if (!/^(?:po|p|box|postfach|apartado|bp)$/i.test(kind)) return;
  const from = Math.max(0, start - 6);
  const box =
    /(?:P\.? ?O\.? ?Box|Postfach|Apartado(?: de correos)?|BP)(?: (?:No|n[ºo°])\.?)? \d{1,4}(?: \d{2}){0,2}(?!\d)/i.exec(
      text.slice(from, end + 24),
    );
  if (box !== null && from + box.index <= start) add(from + box.index, box[0], 0.7);
}

/** `Hauptstraße 5`, `Berliner Str. 12a`, `Unter den Linden 77`: one word that ends like a street, or the street as a word. */
const GERMAN =
  /(?<![\p{L}\p{N}_])(?:(?:(?:Alte|Neue|Große|Kleine|Obere|Untere|Am|An der|An den|Im|In der|Auf der|Auf dem|Zum|Zur|Unter den|Hinter der) )?[\p{Lu}][\p{L}.-]{2,30}(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|damm|ufer|chaussee|steig|graben|markt|brücke|promenade|winkel|stieg|twiete)|(?:[\p{Lu}][\p{L}.-]{1,30}[ -]){1,3}(?:Straße|Strasse|Str\.|Weg|Platz|Allee|Gasse|Ring|Damm|Ufer|Chaussee|Markt|Promenade)|Unter den Linden|Am (?:Markt|Ring|Graben|Anger|Bahnhof|Hang|Wald|Rathaus|See)|(?:Kur|Jungfern)[\p{L}]{1,20}) \d{1,4}(?: ?[a-z](?![\p{L}]))?(?:[-/]\d{1,4})?(?![\p{L}\p{N}.,]\d)/gu;
const GERMAN_END =
  /(?:[Ss]tr(?:aße|asse)?|weg|Weg|platz|Platz|allee|Allee|gasse|Gasse|ring|Ring|damm|Damm|ufer|Ufer|haussee|steig|graben|Graben|arkt|brücke|romenade|winkel|stieg|twiete|Linden|Anger|Bahnhof|Hang|Wald|Rathaus|See)$/;

function addGerman(text: string, { start, end }: Window, add: Add): void {
  const word = text.slice(start, Math.min(end, start + 40));
  const name = /^[\p{L}]+/u.exec(word)?.[0] ?? '';
  if (!GERMAN_END.test(name)) return;
  const from = Math.max(0, start - 40);
  for (const match of text.slice(from, end).matchAll(GERMAN)) {
    if (from + match.index > start || from + match.index + match[0].length <= start) continue;
    add(from + match.index, match[0], 0.75);
  }
}
