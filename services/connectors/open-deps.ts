import { join } from 'node:path';
import type { Settings } from '../config/settings.ts';
import type { ObjectStore } from '../objects/store.ts';
import { openRenderer } from '../web/chromium/open-renderer.ts';
import { openWeb } from '../web/open-web.ts';
import type { ConnectorDeps } from './deps.ts';
import { openClones } from './git/clones.ts';
import { openListings } from './git/listings.ts';
import { openSourceBuckets } from './s3/open-source-buckets.ts';

type Needed = { readonly CERTUS_OBJECTS: string; readonly CERTUS_WORK_DIR: string };

/** What a worker reads sources with, as its settings allow. */
export async function openConnectorDeps(
  settings: Settings & Needed,
  objects: ObjectStore,
  now: () => Date,
): Promise<ConnectorDeps & { readonly close: () => Promise<void> }> {
  const { CERTUS_SOURCE_MAX_FILES: maxFiles, CERTUS_WEB_BROWSER: browser } = settings;
  const { buckets, close } = await openSourceBuckets(
    {
      url: settings.CERTUS_OBJECTS,
      access: {
        endpoint: settings.CERTUS_S3_ENDPOINT,
        region: settings.CERTUS_S3_REGION,
        accessKeyId: settings.CERTUS_S3_ACCESS_KEY_ID,
        secretAccessKey: settings.CERTUS_S3_SECRET_ACCESS_KEY,
      },
      objects,
    },
    { allowed: settings.CERTUS_SOURCE_BUCKETS, ours: ourBuckets(settings) },
  );
  const access = {
    roots: settings.CERTUS_SOURCE_ROOTS,
    hosts: settings.CERTUS_GIT_ALLOWED_HOSTS,
    credentialsFile: settings.CERTUS_INGEST_GIT_CREDENTIALS_FILE,
    maxBytes: settings.CERTUS_SOURCE_MAX_BYTES,
    maxFiles,
  };
  return {
    uploads: objects.readable(settings.CERTUS_UPLOADS_BUCKET),
    golden: objects.readable(settings.CERTUS_GOLDEN_BUCKET),
    buckets,
    git: {
      clones: openClones(join(settings.CERTUS_WORK_DIR, 'ingest-clones'), access, now),
      listings: openListings(),
      maxFiles,
    },
    web: openWeb({
      allowedHosts: settings.CERTUS_WEB_ALLOWED_HOSTS,
      pauseMs: settings.CERTUS_WEB_PAUSE_MS,
    }),
    renderer: browser === undefined ? undefined : openRenderer(browser),
    now,
    close: async () => close(),
  };
}

/** They hold the evidence of every tenant: not even a setting makes them a source. */
const ourBuckets = (settings: Settings): string[] => [
  settings.CERTUS_UPLOADS_BUCKET,
  settings.CERTUS_RAW_BUCKET,
  settings.CERTUS_GOLDEN_BUCKET,
  settings.CERTUS_QUARANTINE_BUCKET,
  settings.CERTUS_ARCHIVE_BUCKET,
  settings.CERTUS_KEYS_BUCKET,
];
