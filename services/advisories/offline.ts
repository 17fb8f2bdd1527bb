import { stat } from 'node:fs/promises';
import { advisoryKey, baseEcosystem } from '../../contracts/advisory.ts';
import { CertusError } from '../../contracts/errors.ts';
import { isFileError } from '../files/failure.ts';
import { exportFile, indexFile, plainExportFile } from './layout.ts';
import { type AdvisoryIndex, openIndex } from './read-index.ts';
import type { AdvisorySource, Answers, PackageQuery } from './source.ts';

/** Looks things up in a folder that `certus advisories` filled; asks nobody. */
export const offlineAdvisories = (folder: string): AdvisorySource => ({
  lookUp: async (queries) => {
    const { indexes, missing } = await openAll(folder, queries);
    try {
      const advisories: Answers['advisories'][number][] = [];
      for (const { ecosystem, name } of queries)
        advisories.push(
          (await indexes.get(baseEcosystem(ecosystem))?.find(advisoryKey(ecosystem, name))) ?? [],
        );
      const notices = await staleNotices(folder, indexes);
      return { advisories, isMatched: false, data: dataOf(indexes), notices, incomplete: missing };
    } finally {
      for (const index of indexes.values()) await index.close();
    }
  },
});

/** An ecosystem that is not there is no ecosystem without vulnerabilities. */
async function openAll(
  folder: string,
  queries: readonly PackageQuery[],
): Promise<{ indexes: Map<string, AdvisoryIndex>; missing: string | undefined }> {
  const wanted = [...new Set(queries.map(({ ecosystem }) => baseEcosystem(ecosystem)))].sort();
  const indexes = new Map<string, AdvisoryIndex>();
  const missing: string[] = [];
  try {
    for (const ecosystem of wanted) {
      const index = await openIndex(indexFile(folder, ecosystem));
      if (index === null) missing.push(ecosystem);
      else indexes.set(ecosystem, index);
    }
    const told = missing.length > 0 ? await lacking(folder, missing) : undefined;
    if (told !== undefined && indexes.size === 0) throw new CertusError('tool_not_available', told);
    return { indexes, missing: told };
  } catch (error) {
    for (const index of indexes.values()) await index.close();
    throw error;
  }
}

async function lacking(folder: string, missing: readonly string[]): Promise<string> {
  const isThere = await Promise.all(missing.map((ecosystem) => newestExport(folder, ecosystem)));
  const options = missing.map((ecosystem) => `--ecosystem ${ecosystem}`).join(' ');
  const remedy = isThere.every((found) => found !== null)
    ? `run "certus advisories load ${folder}"`
    : `run "certus advisories download ${options} --to ${folder}"`;
  return `the advisory database ${folder} has nothing of ${missing.join(', ')}: ${remedy}`;
}

/** As old as the oldest part that was looked at. */
function dataOf(indexes: ReadonlyMap<string, AdvisoryIndex>): Answers['data'] {
  const dates = [...indexes.values()].flatMap(({ head }) => head.modified ?? []).sort();
  const names = [...indexes.keys()].join(', ');
  return { name: `OSV offline database (${names})`, updated_at: dates[0] ?? null };
}

async function staleNotices(
  folder: string,
  indexes: ReadonlyMap<string, AdvisoryIndex>,
): Promise<Answers['notices']> {
  const notices: { code: string; message: string }[] = [];
  for (const [ecosystem, { head }] of indexes) {
    const found = await newestExport(folder, ecosystem);
    if (found !== null && found.modified > head.source.modified)
      notices.push({
        code: 'advisories_not_loaded',
        message: `there is a newer export for ${ecosystem} than the one that was looked at: run "certus advisories load ${folder}"`,
      });
    if (head.unreadable > 0)
      notices.push({
        code: 'advisories_unreadable',
        message: `${head.unreadable} advisories for ${ecosystem} could not be read when they were loaded`,
      });
  }
  return notices;
}

/** The export that lies in the folder, in either layout; the newer one when it is there twice. */
export async function newestExport(
  folder: string,
  ecosystem: string,
): Promise<{ file: string; size: number; modified: string } | null> {
  const found = [];
  for (const file of [exportFile(folder, ecosystem), plainExportFile(folder, ecosystem)]) {
    const stats = await stat(file).catch((error: unknown) => {
      if (isFileError(error, 'ENOENT', 'ENOTDIR')) return null;
      throw error;
    });
    if (stats?.isFile()) found.push({ file, size: stats.size, modified: stats.mtime.toISOString() });
  }
  return found.sort((a, b) => (a.modified < b.modified ? 1 : -1))[0] ?? null;
}
