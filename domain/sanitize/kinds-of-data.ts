import { RECOGNISERS } from './recognisers.ts';

export type KindOfData = {
  readonly type: string;
  /** Told by its form, its check digits or the word that names it; the others by lists and by what stands around them. */
  readonly patterned: boolean;
};

const BY_LISTS: ReadonlySet<string> = new Set(['PERSON', 'LOCATION', 'ORGANIZATION', 'STREET_ADDRESS']);

/** Every kind that is built in, once. */
export const KINDS_OF_DATA: readonly KindOfData[] = [...new Set(RECOGNISERS.map(({ type }) => type))]
  .map((type) => ({ type, patterned: !BY_LISTS.has(type) }))
  .toSorted((a, b) => (a.type < b.type ? -1 : 1));
