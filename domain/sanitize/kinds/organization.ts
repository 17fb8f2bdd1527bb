import { SENSE } from '../lexicon/lexicon.ts';
import type { Match, Recogniser } from '../recogniser.ts';
import type { Window } from '../windows.ts';

/**
 * Firms, by the form that stands at the end of their names. They are nobody's data, so they count only for those who ask
 * for less than half a certainty.
 */
export const ORGANIZATION: Recogniser = {
  type: 'ORGANIZATION',
  where: 'words',
  sense: SENSE.company,
  find: (text, window) => firmAt(text, window),
};

function firmAt(text: string, { start, end }: Window): Match[] {
  const form = text.slice(start, end);
  if (/^(?:شركة|مؤسسة)$/.test(form)) {
    ARABIC.lastIndex = end;
    const name = ARABIC.exec(text)?.[0];
    return name === undefined
      ? []
      : [{ start, end: end + name.length, likelihood: LIKELIHOOD, nobodys: false }];
  }
  FORM.lastIndex = start;
  const written = FORM.exec(text)?.[0];
  if (written === undefined) return [];
  const from = Math.max(0, start - BEFORE);
  const before = text.slice(from, start);
  const name = NAME.exec(before.slice(before.lastIndexOf('\n') + 1))?.[0];
  if (name === undefined) return [];
  const own = name.replace(OPENING, '');
  if (own.trim() === '') return [];
  return [{ start: start - own.length, end: start + written.length, likelihood: LIKELIHOOD, nobodys: false }];
}

const LIKELIHOOD = 0.45;
const BEFORE = 80;

/** As they are written; in other letters most of them are words. */
const FORM =
  /(?:GmbH(?: & Co\. ?KGa?A?)?|gGmbH|AG|KG|OHG|UG(?: \(haftungsbeschränkt\))?|SE|e\. ?V\.|eG|Inc(?:orporated)?\.?|LLC|L\.L\.C\.|Ltd\.?|Limited|Corp(?:oration)?\.?|PLC|plc|LLP|SARL|S\.?A\.?R\.?L\.?|SAS|S\.A\.S\.|SASU|EURL|SCI|S\.?A\.?(?: de C\.V\.)?|S\.?L\.?U?\.?|S\.?p\.?A\.?|S\.?r\.?l\.?|B\.?V\.?|N\.?V\.?|AB|Oyj?|ApS|A\/S|AS|K\.?K\.?|Pty\.?(?: Ltd\.?)?|Pvt\.?(?: Ltd\.?)?|Co\.(?:,? (?:Ltd|KG|Inc)\.?)?|Company)(?![\p{L}\p{N}_])/uy;

const NAME =
  /(?<![\p{L}\p{N}_])(?:[\p{Lu}\d][\p{L}\p{N}\p{M}&'’.+-]{0,40}|&)(?: (?:&|and|und|et|y|of|der|de|des|du|del|for|für|für die|[\p{Lu}\d&][\p{L}\p{N}\p{M}&'’.+-]{0,40})){0,5},? $/u;

const OPENING =
  /^(?:(?:The|Die|Der|Das|Bei|At|From|Von|La|Le|El|In|And|Und|By|For|Dear|Copyright|We|Our|This|My|Your|A|An) )+/u;

const ARABIC = /(?: [\u0620-\u064a]{2,15}){1,3}/y;
