import { isGivenName, isKnown, type Name, nameAt } from '../names.ts';
import type { Match } from '../recogniser.ts';
import type { Around } from '../surroundings.ts';

/** The cells of a table whose head says that people's names stand below it. */
export function namesInColumns(text: string, around: Around): Match[] {
  const wanted = around.columns.map((head) => head.replace(/^[\s"']+|[\s"']+$/g, ''));
  if (!wanted.some((head) => OF_NAMES.test(head) || MAYBE.test(head))) return [];
  const found: Match[] = [];
  for (const match of text.matchAll(CELL)) {
    const start = match.index;
    const name = turned(text, nameAt(text, start));
    if (name === undefined || !/^["']?(?:[\t;,|\n\r]|$)/.test(text.slice(name.end, name.end + 2))) continue;
    const head = around
      .at(start, name.end)
      .heading()
      .replace(/^[\s"']+|[\s"']+$/g, '');
    const isSure = OF_NAMES.test(head);
    if (!isSure && !(MAYBE.test(head) && name.words.some(name.words.length > 1 ? isKnown : isGivenName)))
      continue;
    if (isSure || name.words.length > 1)
      found.push({ start, end: name.end, likelihood: isSure ? 0.75 : 0.7, nobodys: false });
  }
  return found;
}

/** `"Schneider, Maria"` in one cell. */
function turned(text: string, name: Name | undefined): Name | undefined {
  if (name === undefined || !QUOTE.test(text.charAt(name.start - 1)) || !text.startsWith(', ', name.end))
    return name;
  const given = nameAt(text, name.end + 2);
  if (given === undefined || !QUOTE.test(text.charAt(given.end))) return name;
  return { start: name.start, end: given.end, words: [...given.words, ...name.words] };
}

const QUOTE = /["']/;

const OF_NAMES =
  /^(?:(?:first|last|full|family|given|middle|maiden|sur|customer|employee|patient|contact)[ _-]?names?|surname|patient(?:in)?|vorname|nachname|familienname|prénom|prenom|nom de famille|apellidos?|nombre completo|nombre y apellidos|الاسم)$/;
const MAYBE =
  /^(?:name|nom|nombre|customer|kunde|client|cliente|employee|mitarbeiter|empleado|contact|kontakt|author|autor|auteur|user|owner|manager|assignee|reporter|person|passenger|student|member|holder)$/;

/** What follows a separator or the beginning of a line. */
const CELL = /(?<=[\t;,|\n]["']?)\p{Lu}/gu;
