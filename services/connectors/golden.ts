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
      const files = manifest.files.filter(isToBeFound);
      const items = files.slice(at, at + limit).map((file) => itemOf(file, manifest));
      const next = at + items.length;
      const isLast = next >= files.length;
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

/** Documents, reports, lists of packages, the summary. Findings are indexed as such; statements are there to be verified. */
const isToBeFound = ({ path }: BundleFile): boolean =>
  FOLDERS.some((folder) => path.startsWith(folder)) || path === BUNDLE.summary;

const FOLDERS = [DOCUMENTS, BUNDLE.reports, BUNDLE.cyclonedx, BUNDLE.spdx];

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
