import { join } from 'node:path';

/**
 * A folder of advisories: the exports as they were fetched, in the place where osv-scanner looks for them too, and beside
 * them what a scan reads.
 */
export const exportFile = (folder: string, ecosystem: string): string =>
  join(folder, 'osv-scalibr', ecosystem, 'all.zip');

/** Where an export may lie besides: as OSV's bucket lays them out. */
export const plainExportFile = (folder: string, ecosystem: string): string =>
  join(folder, ecosystem, 'all.zip');

export const indexFile = (folder: string, ecosystem: string): string =>
  join(folder, 'index', `${ecosystem}.osv`);
