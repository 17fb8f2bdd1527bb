import pMap from 'p-map';
import { CertusError } from '../../contracts/errors.ts';
import type { Detected } from '../../domain/sanitize/detector.ts';
import { Turns } from '../privacy/turns.ts';
import { joinedTexts } from './joined-texts.ts';
import type { NerClient } from './ner-client.ts';

/** What a model knows of many texts, asked for beside the work that brings them. */
export interface NamesInTexts {
  readonly name: string;
  readonly kinds: readonly string[];
  /** What it reads; a text in none of them is read as one in the first. */
  readonly languages: readonly string[];
  /** Of each text what is found in it. A model that is away is an error, and so is a text that it will not look at. */
  find(texts: readonly string[], language: string | null, signal: AbortSignal): Promise<Detected[][]>;
}

type Options = {
  readonly ner: NerClient;
  readonly languages: readonly string[];
  /** Requests of this process at the same time. */
  readonly sideBySide?: number;
};

export function openNamesInTexts({ ner, languages, sideBySide = 4 }: Options): NamesInTexts {
  const turns = new Turns(sideBySide);
  return {
    name: `${ner.name} ${languages.join(',')}`,
    kinds: ner.kinds,
    languages,
    find: async (texts, language, signal) => {
      const spoken = languages.find((one) => one === language) ?? languages[0] ?? 'en';
      const found = texts.map((): Detected[] => []);
      const ask = async ({ text, split }: ReturnType<typeof joinedTexts>[number]) => {
        const spans = await turns.take(() => askAgain(ner, text, spoken, signal));
        for (const { index, span } of split(spans)) found[index]?.push(span);
      };
      await pMap(joinedTexts(texts), ask, { concurrency: sideBySide });
      return found;
    },
  };
}

/**
 * A text is to blame only while the model answers about another one: a single one that it cannot bear must not have
 * everything else wait, and a model that is away must not have everything set aside.
 */
async function askAgain(
  ner: NerClient,
  text: string,
  language: string,
  signal: AbortSignal,
): Promise<Detected[]> {
  for (let tries = 1; ; tries += 1) {
    signal.throwIfAborted();
    try {
      return await ner.find(text, language, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof CertusError) || error.code !== 'dependency_unavailable') throw error;
      await ner.find(ANOTHER, language, signal);
      if (tries >= MOST_TRIES)
        throw new CertusError(
          'item_unreadable',
          'the model that looks for names answers about other texts, and not about this one',
          { cause: error },
        );
    }
  }
}

const ANOTHER = 'Ada Lovelace was born in London.';
const MOST_TRIES = 3;
