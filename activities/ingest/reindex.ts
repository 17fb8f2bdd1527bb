import type { IndexStatus, ReindexOptions } from '../../services/search/index-upkeep.ts';
import type { SearchIndex } from '../../services/search/search-index.ts';
import { withHeartbeat } from '../heartbeat.ts';

type Asked = Omit<ReindexOptions, 'signal'>;

export const createReindexActivities = ({ search }: { readonly search: SearchIndex }) => ({
  /** How far it has come stands in the index itself: whoever is asked next goes on from there. */
  reindex: (asked: Asked): Promise<IndexStatus> =>
    withHeartbeat((signal) => search.upkeep.reindex({ ...asked, signal })),

  dropKeptIndexes: (): Promise<readonly string[]> => withHeartbeat(() => search.upkeep.dropKept()),
});

export type ReindexActivities = ReturnType<typeof createReindexActivities>;
