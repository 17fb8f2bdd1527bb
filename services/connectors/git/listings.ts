import type { Change } from './changes.ts';

/** The last few listings, so that the pages of a large repository do not each take one of their own. */
export interface Listings {
  get(key: string, list: () => Promise<readonly Change[]>): Promise<readonly Change[]>;
}

export function openListings(): Listings {
  const kept = new Map<string, readonly Change[]>();
  return {
    get: async (key, list) => {
      const found = kept.get(key) ?? (await list());
      kept.delete(key);
      kept.set(key, found);
      for (const oldest of [...kept.keys()].slice(0, -MOST)) kept.delete(oldest);
      return found;
    },
  };
}

/** Each may be of hundreds of thousands of paths. */
const MOST = 3;
