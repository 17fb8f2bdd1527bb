import { CertusError } from '../../contracts/errors.ts';
import type { Draft } from '../../domain/ingest/draft.ts';
import { maskOrigin } from '../../domain/ingest/mask-origin.ts';
import { indexPolicy } from '../../domain/sanitize/index-policy.ts';
import { indexName } from '../../domain/sanitize/operators/hash-name.ts';
import { ModelMask } from '../sanitize/model-mask.ts';
import type { NamesInTexts } from '../sanitize/names-in-texts.ts';
import type { ItemNature, ItemReader, ReadItem, ReadOrder } from './item-reader.ts';

/**
 * A reader whose drafts a model has looked at as well. It gets to see what the rules have left, and what it finds is masked
 * like what they found; without it nothing is handed over. `seconds` are for all of one item.
 */
export const lookingAgain = (
  reader: ItemReader,
  names: NamesInTexts,
  { seconds = 1800 }: { readonly seconds?: number } = {},
): ItemReader => ({
  rulesFor: (policy, nameKey) => `${reader.rulesFor(policy, nameKey)} ${names.name}`,
  read: async (item, order, take, signal) => {
    const again = new SecondLook(names, order, seconds, signal);
    const read = await reader.read(
      item,
      order,
      async (drafts, nature) => take(await again.drafts(drafts, nature), await again.nature(nature)),
      signal,
    );
    return {
      ...read,
      ...(await again.nature(read)),
      opaque: await again.places(read),
      masked: again.countedWith(read.masked),
      rules: `${read.rules} ${names.name}`,
    };
  },
  close: () => reader.close(),
});

class SecondLook {
  readonly #mask: ModelMask;
  readonly #signal: AbortSignal;
  readonly #seconds: number;
  #until: number | undefined;
  #nature: Promise<ItemNature> | undefined;

  constructor(names: NamesInTexts, { policy, nameKey }: ReadOrder, seconds: number, signal: AbortSignal) {
    const put = nameKey === undefined ? undefined : indexName(nameKey);
    this.#mask = new ModelMask(names, indexPolicy(policy), put);
    [this.#signal, this.#seconds] = [signal, seconds];
  }

  async drafts(drafts: readonly Draft[], { language }: ItemNature): Promise<Draft[]> {
    const masked = await this.#masked(drafts.flatMap(textsOf), language);
    return drafts.map((draft) => withTexts(draft, masked));
  }

  /** The same with each of its drafts. */
  nature(nature: ItemNature): Promise<ItemNature> {
    this.#nature ??= this.#ofNature(nature);
    return this.#nature;
  }

  async #ofNature({ format, mediaType, language, location, extra }: ItemNature): Promise<ItemNature> {
    const asked: string[] = [];
    maskOrigin({ location, extra }, (text) => {
      asked.push(text);
      return text;
    });
    const masked = await this.#masked(asked, language);
    return { format, mediaType, language, ...maskOrigin({ location, extra }, masked) };
  }

  /** Names of files stand in them. */
  async places({ opaque, language }: ReadItem): Promise<ReadItem['opaque']> {
    const masked = await this.#masked(
      opaque.map(({ place }) => place),
      language,
    );
    return opaque.map(({ reason, place }) => ({ reason, place: masked(place) }));
  }

  countedWith(before: ReadItem['masked']): ReadItem['masked'] {
    const counts = { ...before };
    for (const [type, count] of Object.entries(this.#mask.counts)) counts[type] = (counts[type] ?? 0) + count;
    return counts;
  }

  async #masked(texts: readonly string[], language: string | null): Promise<(text: string) => string> {
    // it may have waited long for its turn
    this.#until ??= performance.now() + this.#seconds * 1000;
    // the step that it is a part of would end, and begin again for ever
    if (performance.now() > this.#until)
      throw new CertusError('item_unreadable', 'the model that looks for names takes too long over it');
    return this.#mask.of(texts, language, this.#signal);
  }
}

/** What people write. Packages, versions, rules and tools are what is filtered by: no model is asked what they are called. */
const textsOf = ({ title, text, path = '', place = '', extra }: Draft): string[] => [
  title,
  text,
  path,
  place,
  ...stringsOf(extra),
];

const withTexts = (draft: Draft, masked: (text: string) => string): Draft => {
  const { title, text, path, place, extra } = draft;
  return {
    ...draft,
    title: masked(title),
    text: masked(text),
    ...(path === undefined ? {} : { path: masked(path) }),
    ...(place === undefined ? {} : { place: masked(place) }),
    ...(extra === undefined ? {} : { extra: withStrings(extra, masked) }),
  };
};

type Values = ItemNature['extra'];

const stringsOf = (values: Values = {}): string[] =>
  Object.values(values).filter((value) => typeof value === 'string');

const withStrings = (values: Values, masked: (text: string) => string): Values =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? masked(value) : value]),
  );
