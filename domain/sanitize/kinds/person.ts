import { byPattern, type Recogniser } from '../recogniser.ts';

const WORD = "\\p{Lu}[\\p{L}'’-]{1,30}";
const NAME = `${WORD}(?: (?:(?:van|von|de|del|da|di|la|le|den|der|zu|bin|al|y|e) ){0,3}(?:\\p{Lu}\\.|${WORD})){0,4}`;

/** A field that a form or a table gives to a person's name. */
export const LABELLED_PERSON: Recogniser = byPattern({
  type: 'PERSON',
  where: 'text',
  needs: /name|patient|prénom|apellido|nom de famille/i,
  pattern: new RegExp(
    `(?<![\\p{L}\\p{N}])(?:[Pp]atient(?:in)?(?:['’]s)?(?: [Nn]ame)?|[Ff]ull[ _]?[Nn]ame|[Ff]irst[ _]?[Nn]ame|[Ll]ast[ _]?[Nn]ame|[Ss]urname|[Ff]amily[ _][Nn]ame|[Gg]iven[ _]?[Nn]ame|[Mm]aiden [Nn]ame|[Cc]ustomer[ _]?[Nn]ame|[Ee]mployee[ _]?[Nn]ame|[Vv]orname|[Nn]achname|[Ff]amilienname|[Nn]om de famille|[Pp]rénom|[Aa]pellidos?|[Nn]ombre completo)["']?[ \\t]{0,3}[:=][ \\t]{0,3}["']?(?<value>${NAME})(?![\\p{L}\\p{N}(])`,
    'gu',
  ),
  likelihood: () => 0.75,
  nobodys: ({ value }) => isNoName(value),
});

/** `Name:` alone may be of anything, so it takes a line of its own and two words. */
export const NAMED_PERSON: Recogniser = byPattern({
  type: 'PERSON',
  where: 'text',
  needs: /N(?:ame?|om|ombre|aam|ome)[ \t]{0,3}:/,
  pattern: new RegExp(
    `^[ \\t]{0,8}(?:Name|Nom|Nombre|Naam|Nome)[ \\t]{0,3}:[ \\t]{1,3}(?<value>${NAME})[ \\t]{0,8}(?=$|[,;|])`,
    'gmu',
  ),
  likelihood: ({ value }) => (/ /.test(value) ? 0.65 : 0),
  nobodys: ({ value }) => isNoName(value),
});

export const ADDRESSED_PERSON: Recogniser = byPattern({
  type: 'PERSON',
  where: 'text',
  pattern: new RegExp(
    `(?<![\\p{L}\\p{N}])(?:Dear|Hello|Sehr geehrter?|Liebe[r]?|Guten Tag|Cher|Chère|Bonjour|Estimad[oa]|Querid[oa])[ \\t](?:Mr|Mrs|Ms|Miss|Dr|Prof|Herrn?|Frau|Monsieur|Madame|Mme|Señora?|Sr|Sra|Don|Doña)\\.? (?:(?:Dr|Prof)\\.? ){0,2}(?<value>${NAME})`,
    'gu',
  ),
  likelihood: () => 0.75,
  nobodys: ({ value }) => isNoName(value),
});

const isNoName = (value: string): boolean =>
  /^(?:John|Jane) (?:Doe|Q\.? Public)$|^(?:Max|Erika) Mustermann$|^(?:First|Last|Full|Your|Name|String|None|Null|Unknown|Required|Optional|Text|Sir|Madam|Test|Example)(?: |$)/.test(
    value,
  );
