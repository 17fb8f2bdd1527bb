import { z } from 'zod';
import { BUNDLE, type BundleFile, BundlePath, GoldenManifest } from '../../contracts/bundle.ts';
import { DOCUMENTS } from '../../contracts/documents.ts';
import { CertusError } from '../../contracts/errors.ts';
import { Sha256 } from '../../contracts/identifiers.ts';
import type { IngestionSource } from '../../contracts/ingestion.ts';
import { jsonOf } from '../../contracts/json-of.ts';
import {
  goldenManifestKey,
  goldenPrefix,
  quarantineNoticeKey,
  tombstoneKey,
} from '../../contracts/object-keys.ts';
import { READING_FORMATS, type ReadingFormat } from '../../contracts/reading-formats.ts';
import type { Connector, SourceItem } from './connector.ts';
import { readCursor } from './cursor.ts';
import type { Reader } from './deps.ts';
import { readItem } from './read-object.ts';

type GoldenSource = Extract<IngestionSource, { kind: 'golden' }>;

/** What golden shows of a run. Where it lies follows from the run, and what it must be from the manifest that shows it. */
export function openGolden({ test_id: testId }: GoldenSource, { scope, deps }: Reader): Connector {
  const { golden } = deps;
  const prefix = goldenPrefix(scope, testId);
  return {
    listsAll: true,
    page: async ({ cursor, limit }) => {
      const { at } = readCursor(Cursor, cursor, { at: 0 });
      const manifest = await shownManifest({ scope, deps }, testId);
      const all = itemsOf(manifest);
      const items = all.slice(at, at + limit);
      const next = at + items.length;
      const isLast = next >= all.length;
      return { items, gone: [], lost: [], cursor: isLast ? null : { at: next }, checkpoint: null };
    },
    fetch: async ({ key, version }, { known, maxBytes }) => {
      if (known === version) return null;
      // both may come back from a row: a path that leads out of the run is none
      const path = BundlePath.safeParse(key);
      const sha256 = Sha256.safeParse(version);
      if (!path.success || !sha256.success)
        throw new CertusError('bundle_invalid', 'it is no file of a golden copy');
      return {
        bytes: await readItem(golden, `${prefix}${path.data}`, { sha256: sha256.data, maxBytes }),
        mediaType: null,
      };
    },
    close: async () => undefined,
  };
}

const Cursor = z.object({ at: z.number().int().min(0) });

/**
 * Documents as they are; of what a scan has left, what its tools looked at, and the packages, which both lists of them name.
 * Its findings are indexed by their fingerprints and would be found twice; statements are there to be verified.
 */
function itemsOf(manifest: GoldenManifest): SourceItem[] {
  const { files } = manifest;
  const bill = [BUNDLE.cyclonedx, BUNDLE.spdx].find((list) => files.some(({ path }) => path === list));
  return files.flatMap((file) => {
    const { path } = file;
    const item = itemOf(file, manifest);
    if (path.startsWith(DOCUMENTS)) return [item];
    if (path.startsWith(BUNDLE.reports))
      return [{ ...item, format: formatOf(item.name), kinds: ['scan_report', 'sbom_report'] as const }];
    return path === bill ? [{ ...item, kinds: ['package', 'sbom_report'] as const }] : [];
  });
}

/** Whoever scanned has named the report after its tool. */
function formatOf(name: string): ReadingFormat {
  if (name.endsWith('.sarif')) return 'sarif';
  const tool = name.replace(/\.json$/, '');
  return READING_FORMATS.find((format) => format === tool) ?? (tool === 'dast' ? 'zap' : 'auto');
}

const itemOf = (
  { path, sha256, size }: BundleFile,
  { permit_id, component_id, test_id }: GoldenManifest,
): SourceItem => ({
  key: path,
  version: sha256,
  size,
  name: path.split('/').at(-1) ?? path,
  location: `golden:${test_id}/${path}`,
  extra: { permit_id, sha256, component: component_id, test_id },
});

/** Only what golden shows now: what was taken away is refused, even while its files still lie there. */
async function shownManifest({ scope, deps: { golden } }: Reader, testId: string): Promise<GoldenManifest> {
  if ((await golden.head(tombstoneKey(scope, testId))) !== undefined)
    throw new CertusError('deleted', `${testId} was deleted`);
  if ((await golden.head(quarantineNoticeKey(scope, testId))) !== undefined)
    throw new CertusError('quarantined', `${testId} was taken away`);
  const bytes = await golden.read(goldenManifestKey(scope, testId), MAX_MANIFEST).catch((error: unknown) => {
    if (error instanceof CertusError && error.code === 'object_not_found')
      throw new CertusError('source_not_found', `golden shows no ${testId}`);
    throw error;
  });
  const manifest = GoldenManifest.safeParse(jsonOf(bytes)).data;
  const isOfRun =
    manifest?.tenant === scope.tenant &&
    manifest.workspace_id === scope.workspace &&
    manifest.test_id === testId &&
    manifest.prefix === goldenPrefix(scope, testId);
  if (manifest === undefined || !isOfRun)
    throw new CertusError('bundle_invalid', 'the golden manifest is not one of this run');
  return manifest;
}

/** Room for twice the files that a bundle may have. */
const MAX_MANIFEST = 16 * 1024 * 1024;
