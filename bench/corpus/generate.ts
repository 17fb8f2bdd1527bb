import { chanceOf } from './chance.ts';
import { COMMON } from './common.ts';
import { DOCUMENTS } from './documents.ts';
import { LINES, LINES_OF_MACHINES } from './lines.ts';
import { LOOKALIKES } from './lookalikes.ts';
import { type Labelled, labelled } from './marked.ts';
import { NUMBERS } from './numbers.ts';
import { LANGUAGES, type Language, type Part, PEOPLE } from './people.ts';
import { NAMED, SENTENCES } from './sentences.ts';

const OF_EACH = 24;

/**
 * Texts with what is in them, the same in every run. `held` has other names, other sentences and other documents than
 * `tuned`: nothing was adapted to them.
 */
export function corpusOf(part: Part): Labelled[] {
  const texts: Labelled[] = [];
  let seed = part === 'held' ? 900_000 : 1;
  const add = (kind: string, marked: string) => {
    texts.push(labelled(`${part}/${kind}/${texts.length + 1}`, marked));
    seed += 1;
  };
  for (const [type, { make, called }] of Object.entries(NUMBERS))
    for (let at = 0; at < OF_EACH; at += 1) {
      const chance = chanceOf(seed);
      const language = languageOf(type, at);
      const sentence = chance.pick(SENTENCES[part][language]);
      const value = chance.pick(make)(chance);
      add(
        type,
        sentence.replace('#', () => chance.pick(called)).replace('%', () => `⟦${type}|${value}⟧`),
      );
    }
  for (const [type, make] of Object.entries(COMMON))
    for (let at = 0; at < OF_EACH * 2; at += 1) {
      const { before, value, after } = make(chanceOf(seed));
      add(type, `${before}⟦${type}|${value}⟧${after}`);
    }
  for (const language of LANGUAGES)
    for (const name of PEOPLE[part][language])
      for (const sentence of NAMED[part][language])
        add(
          'PERSON',
          sentence.replace('@', () => `⟦PERSON|${name}⟧`),
        );
  for (let at = 0; at < OF_EACH; at += 1)
    for (const make of LOOKALIKES) add('lookalike', make(chanceOf(seed)));
  if (part === 'tuned') {
    for (const line of LINES) add('line', line);
    for (const line of LINES_OF_MACHINES) add('lookalike', line);
  }
  for (const document of DOCUMENTS[part]) add('document', document);
  return texts;
}

/** That of the country, or one of those in which people write about everything. */
function languageOf(type: string, at: number): Language {
  const own = OWN[type.slice(0, 2)];
  return own !== undefined && at % 3 !== 0 ? own : 'en';
}

const OWN: Readonly<Record<string, Language>> = {
  DE: 'de',
  AT: 'de',
  FR: 'fr',
  ES: 'es',
  MX: 'es',
  AR: 'es',
  CL: 'es',
  SA: 'ar',
};

if (import.meta.main)
  for (const part of ['tuned', 'held'] as const)
    for (const one of corpusOf(part)) process.stdout.write(`${JSON.stringify(one)}\n`);
