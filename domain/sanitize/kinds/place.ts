import { isCity, isCountry, SENSE } from '../lexicon/lexicon.ts';
import { isArabic } from '../names.ts';
import { byPattern, type Match, type Recogniser } from '../recogniser.ts';
import type { Around } from '../surroundings.ts';
import { streetsIn } from './address.ts';

/** As the reader of pictures writes where one was taken. */
export const LOCATION_GPS: Recogniser = byPattern({
  type: 'LOCATION_GPS',
  where: 'text',
  needs: 'GPS',
  pattern: /\bGPS[ \t:]{0,3}(?<value>-?\d{1,3}\.\d{1,20}, ?-?\d{1,3}\.\d{1,20})/g,
  likelihood: ({ value }) => {
    const [latitude = 99, longitude = 999] = value.split(',').map(Number);
    return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? 0.9 : 0;
  },
  nobodys: ({ value }) => value.split(',').every((part) => Number(part) === 0),
});

/** Places that say where a person is at home. A city that is merely spoken of is less than half of one. */
export const LOCATION: Recogniser = {
  type: 'LOCATION',
  where: 'text',
  find: (_text, _window, around) => around.once(placesIn),
};

function placesIn(text: string, around: Around): Match[] {
  const found: Match[] = [];
  const add = (start: number, value: string, likelihood: number) =>
    void found.push({ start, end: start + value.length, likelihood, nobodys: false });
  for (const { start, end, sense } of around.windows.words) {
    if ((sense & SENSE.home) !== 0) addHome(text, end, add);
    if ((sense & (SENSE.city | SENSE.country)) !== 0) addKnown(text, start, end, sense, add);
  }
  for (const { end } of around.once(streetsIn)) addBehindStreet(text, end, add);
  return found;
}

type Add = (start: number, value: string, likelihood: number) => void;

const CITY =
  "(?:(?:San|Santa|Saint|St\\.|Bad|New|Los|Las|La|Le|El|Den|Santo|Sankt|Al|Port|Fort|West|North|South|East|Mount)[ -])?\\p{Lu}[\\p{L}\\p{M}'’-]{1,24}(?:(?:[ -](?:am|an der|im|de la|de|del|du|sur|on|upon|in der|en|les|sous|le|la) |-(?:sur|en|les|la|le|de|sous)-)\\p{Lu}[\\p{L}\\p{M}'’-]{1,24})?";

const HOME = new RegExp(
  `(?:(?: (?:am|on|le|el) [\\p{L}\\d./-]{1,10}(?: (?:de )?[\\p{L}\\d.]{1,10}){0,2})?,? (?:and (?:works|raised) |at home |up |seit \\d{4} |actuellement |actualmente |bei )?(?:in|to|of|from|at|near|nach|aus|bei|à|a|au|en|de|في|من|بمدينة|مدينة)|[ \\t]{0,2}:)[ \\t](?:the |der |den |مدينة )?(?<value>${CITY}|[\\u0620-\\u064a]{3,15})(?<more>, ${CITY})?`,
  'uy',
);

/** `lives in …`, `wohnhaft in …`, `Wohnort: …`. */
function addHome(text: string, end: number, add: Add): void {
  HOME.lastIndex = end;
  const match = HOME.exec(text);
  const value = match?.groups?.value;
  if (match === null || value === undefined || NO_CITY.test(value) || STREET.test(value)) return;
  const more = match.groups?.more ?? '';
  const at = match.index + match[0].length - more.length - value.length;
  const isKnown = isCity(value) || isCountry(value);
  const isField = match[0].includes(':');
  if (isArabic(value, 0) && !isKnown) return;
  if (
    isField &&
    !isKnown &&
    !/^[ \t]{0,4}(?:[\n\r,;|]|$)/.test(text.slice(at + value.length, at + value.length + 6))
  )
    return;
  add(at, value, 0.6);
  const second = more.slice(2);
  if (second !== '' && (isCity(second) || isCountry(second) || isKnown))
    add(at + value.length + 2, second, 0.6);
}

const STREET = /(?:straße|strasse|str|weg|platz|allee|gasse|ring|damm|ufer|street|road|avenue)$/i;
const NO_CITY =
  /^(?:The|A|An|This|That|January|February|March|April|May|June|July|August|September|October|November|December|Januar|Februar|März|Mai|Juni|Juli|Oktober|Dezember|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|Mr|Mrs|Dr|Herr|Frau|I|We|He|She|Git|Java|Python|Docker|Kubernetes|Linux|Windows|React|Node)(?![\p{L}])/u;

function addKnown(text: string, start: number, end: number, sense: number, add: Add): void {
  if (/[\p{L}\p{N}_@/.\\-]/u.test(text.charAt(start - 1)) || /[\p{L}\p{N}_@/\\(]/u.test(text.charAt(end)))
    return;
  const postcode = POSTCODE_BEFORE.exec(text.slice(Math.max(0, start - 10), start))?.[0];
  if (postcode !== undefined && (sense & SENSE.city) !== 0) {
    CITY_HERE.lastIndex = start;
    const city = CITY_HERE.exec(text)?.[0] ?? text.slice(start, end);
    add(start - postcode.length, postcode + city, 0.65);
  } else add(start, text.slice(start, end), 0.4);
}

const POSTCODE_BEFORE = /(?<![\p{L}\p{N}_.,/-])(?:(?:DE?|AT?|CH|FR?|ES?|I|B|L|NL)-)?\d{4,5} $/u;
const CITY_HERE = new RegExp(CITY, 'uy');

/** What follows a street: the town with its code, the state, the country. */
const BEHIND = new RegExp(
  `[ \\t]{0,2}(?:[,،]|\\r?\\n)[ \\t]{0,4}(?:\\r?\\n[ \\t]{0,4})?(?<first>(?:(?:DE?|AT?|CH|FR?|ES?|I|B|L)-)?\\d{4,5}(?: [A-Z]{2}(?= ))? ${CITY}|${CITY}(?:,? (?:[A-Z]{2},? )?\\d{5}(?:-\\d{4})?|,? [A-Z]{1,2}\\d[A-Z\\d]? ?\\d[A-Z]{2}|, [A-Z]{2}(?![\\p{L}])|(?=[,.;)\\n]|$))|[\\u0620-\\u064a]{3,15})(?<rest>[,،] ${CITY}(?: ?\\d{4,5})?(?=[,.;)\\n]|$))?(?<code>,? [A-Z]{1,2}\\d[A-Z\\d]? ?\\d[A-Z]{2}|,? (?:[A-Z]{2} )?\\d{5}(?:-\\d{4})?)?`,
  'uy',
);

function addBehindStreet(text: string, end: number, add: Add): void {
  BEHIND.lastIndex = end;
  const match = BEHIND.exec(text);
  const first = match?.groups?.first;
  if (match === null || first === undefined) return;
  const plain = first.replace(/[^\p{L} -].*$|^[\d -]+/gu, '').trim();
  const isCoded = /\d/.test(first) || (match.groups?.code ?? '') !== '';
  const isTown = isCity(plain) || isCountry(plain);
  if (/\n/.test(match[0]) && !isCoded && !isTown) return;
  if (isArabic(first, 0) && !isTown) return;
  const at = match.index + match[0].indexOf(first);
  add(at, text.slice(at, match.index + match[0].length), 0.65);
}
