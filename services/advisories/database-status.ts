import { ADVISORY_ECOSYSTEMS } from '../../contracts/advisory.ts';
import type { IndexHead } from './index-format.ts';
import { indexFile } from './layout.ts';
import { newestExport } from './offline.ts';
import { openIndex } from './read-index.ts';

export type EcosystemStatus = {
  readonly ecosystem: string;
  readonly index: IndexHead | null;
  readonly export: { readonly file: string; readonly size: number; readonly modified: string } | null;
  /** `stale`: there is a newer export than the one that was loaded. */
  readonly state: 'ready' | 'stale' | 'not_loaded';
};

/** What a folder of advisories holds of the ecosystems that are read here; those of which it holds nothing are left out. */
export async function databaseStatus(folder: string): Promise<EcosystemStatus[]> {
  const statuses: EcosystemStatus[] = [];
  for (const ecosystem of ADVISORY_ECOSYSTEMS) {
    const found = await newestExport(folder, ecosystem);
    const opened = await openIndex(indexFile(folder, ecosystem));
    await opened?.close();
    const index = opened?.head ?? null;
    if (found === null && index === null) continue;
    const isStale = found !== null && index !== null && found.modified > index.source.modified;
    statuses.push({
      ...{ ecosystem, index, export: found },
      state: index === null ? 'not_loaded' : isStale ? 'stale' : 'ready',
    });
  }
  return statuses;
}
