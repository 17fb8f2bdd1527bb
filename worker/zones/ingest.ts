import { createIngestActivities } from '../../activities/ingest/create-ingest-activities.ts';
import { createSourceActivities } from '../../activities/ingest/create-source-activities.ts';
import { createForgetActivities } from '../../activities/ingest/forget-hidden.ts';
import { createReindexActivities } from '../../activities/ingest/reindex.ts';
import type { SourceDeps } from '../../activities/ingest/source-deps.ts';
import { tenantSanitizeKey } from '../../domain/sanitize/operators/sanitize-key.ts';
import { requireSettings } from '../../services/config/require.ts';
import type { Settings } from '../../services/config/settings.ts';
import { openConnector } from '../../services/connectors/open-connector.ts';
import { openConnectorDeps } from '../../services/connectors/open-deps.ts';
import { forgetful } from '../../services/embeddings/forgetful.ts';
import { openEmbedder } from '../../services/embeddings/open-embedder.ts';
import { lookingAgain } from '../../services/ingest/look-again.ts';
import { openItemReader } from '../../services/ingest/open-item-reader.ts';
import { namesOf } from '../../services/sanitize/names-of.ts';
import { sanitizeSecretFrom } from '../../services/sanitize/sanitize-secret-file.ts';
import type { ZoneService } from '../serve-zone.ts';
import { now, readKeySet, type Shared } from '../shared.ts';

/** Reads what is to be searched, and writes the index: no signing key. */
export async function ingestServices({
  settings,
  database,
  objects,
  search,
  workflowBundle,
}: Shared): Promise<ZoneService[]> {
  const { CERTUS_WORK_DIR, CERTUS_OBJECTS } = requireSettings(settings, [
    'CERTUS_WORK_DIR',
    'CERTUS_OBJECTS',
  ]);
  const index = await search();
  const golden = objects.readable(settings.CERTUS_GOLDEN_BUCKET);
  const deps = { golden, search: forgetful(index, database) };
  const connecting = await openConnectorDeps({ ...settings, CERTUS_WORK_DIR, CERTUS_OBJECTS }, objects, now);
  const names = namesOf(settings);
  const rulesAlone = openItemReader({
    threads: settings.CERTUS_INGEST_THREADS,
    maxBytes: settings.CERTUS_INGEST_MAX_BYTES,
  });
  const reader = names === undefined ? rulesAlone : lookingAgain(rulesAlone, names);
  const embedder = await openEmbedder(settings);
  const sources = createSourceActivities({
    ...{ database, search: index, now },
    reader,
    embedder,
    keySet: await readKeySet(settings),
    connect: async (source, scope) => openConnector(source, scope, connecting),
    nameKey: await nameKeyOf(settings),
    maxItemBytes: settings.CERTUS_INGEST_MAX_BYTES,
  });
  const activities = {
    ...createIngestActivities({ ...deps, names }),
    ...createForgetActivities(deps),
    ...createReindexActivities({ search: index }),
    ...sources,
  };
  const close = async () => {
    await Promise.all([reader.close(), connecting.close(), embedder?.close?.()]);
  };
  return [{ zone: 'ingest', activities, workflowBundle, concurrency: 8, close }];
}

/** A key of its own: with that of the API, what pseudonyms stand for could be read here, where foreign texts are. */
async function nameKeyOf({
  CERTUS_INDEX_KEY_FILE: file,
}: Pick<Settings, 'CERTUS_INDEX_KEY_FILE'>): Promise<SourceDeps['nameKey']> {
  if (file === undefined) return undefined;
  const secret = await sanitizeSecretFrom(file);
  return (tenant) => tenantSanitizeKey(secret, tenant).hashes;
}
