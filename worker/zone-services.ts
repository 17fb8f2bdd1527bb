import { readFile } from 'node:fs/promises';
import { createIngestActivities } from '../activities/ingest/create-ingest-activities.ts';
import { createNotifyActivities } from '../activities/notify/create-notify-activities.ts';
import { openNotifyDeps } from '../activities/notify/notify-deps.ts';
import { createPublishActivities } from '../activities/publish/create-publish-activities.ts';
import { createScanActivities } from '../activities/scan/create-scan-activities.ts';
import { openManifestAccess } from '../activities/scan/manifest-access.ts';
import { createReportReader } from '../activities/scan/reports/report-reader.ts';
import { createToolMeans } from '../activities/scan/tools/tool-means.ts';
import { createTrustActivities } from '../activities/trust/create-trust-activities.ts';
import { CertusError } from '../contracts/errors.ts';
import { KeySet } from '../contracts/keys.ts';
import { TOOL_QUEUE, type Zone } from '../contracts/zones.ts';
import { requireSettings } from '../services/config/require.ts';
import type { Settings } from '../services/config/settings.ts';
import type { Database } from '../services/database/database.ts';
import { openEventLog } from '../services/events/event-log.ts';
import { openFileSigner } from '../services/keys/file-signer.ts';
import type { Signer } from '../services/keys/signer.ts';
import type { ObjectStore } from '../services/objects/store.ts';
import { openRegistry } from '../services/registry/open-registry.ts';
import type { SearchIndex } from '../services/search/search-index.ts';
import type { ZoneService } from './serve-zone.ts';

/** What every zone shares; keys and buckets each zone opens for itself. */
export type Shared = {
  readonly settings: Settings;
  readonly database: Database;
  readonly objects: ObjectStore;
  readonly search: () => Promise<SearchIndex>;
  readonly workflowBundle: string;
  readonly version: string;
};

const HOUR = 3_600_000;
const now = () => new Date();

/** For each zone: which hands it gets, and nothing more. */
export const ZONE_SERVICES: Readonly<Record<Zone, (shared: Shared) => Promise<ZoneService[]>>> = {
  assurance: async ({ settings, database, objects, workflowBundle, version }) => {
    const { CERTUS_EVIDENCE_KEY_FILE, CERTUS_WORK_DIR } = requireSettings(settings, [
      'CERTUS_EVIDENCE_KEY_FILE',
      'CERTUS_WORK_DIR',
    ]);
    // ours hold the evidence of every tenant: not even a setting makes them a source
    const ours = [settings.CERTUS_UPLOADS_BUCKET, settings.CERTUS_RAW_BUCKET, settings.CERTUS_GOLDEN_BUCKET];
    const foreign = settings.CERTUS_SOURCE_BUCKETS.filter((name) => !ours.includes(name));
    const { runTool, ...activities } = createScanActivities({
      database,
      raw: await objects.bucket(settings.CERTUS_RAW_BUCKET),
      evidenceSigner: onlyFor('default', await openFileSigner(CERTUS_EVIDENCE_KEY_FILE)),
      workFolder: CERTUS_WORK_DIR,
      sources: {
        roots: settings.CERTUS_SOURCE_ROOTS,
        gitHosts: settings.CERTUS_GIT_ALLOWED_HOSTS,
        gitCredentialsFile: settings.CERTUS_GIT_CREDENTIALS_FILE,
        buckets: foreign,
        registries: settings.CERTUS_SOURCE_REGISTRIES,
        maxFileBytes: settings.CERTUS_SOURCE_MAX_FILE_BYTES,
        maxBytes: settings.CERTUS_SOURCE_MAX_BYTES,
        maxFiles: settings.CERTUS_SOURCE_MAX_FILES,
      },
      uploads: objects.readable(settings.CERTUS_UPLOADS_BUCKET),
      sourceBucket: (name) => objects.readable(name),
      manifests: await openManifestAccess({ ...settings, CERTUS_SOURCE_BUCKETS: foreign }, objects),
      events: openEventLog(database),
      tools: createToolMeans(settings, process.env.PATH),
      readReport: createReportReader(),
      version,
    });
    return [
      { zone: 'assurance', activities, workflowBundle, concurrency: 4 },
      {
        zone: 'assurance',
        queue: TOOL_QUEUE,
        activities: { runTool },
        // More than run at once (ToolSlots sees to that): a worker that asks for its next tool only when it has room for
        // it gets it from the server's backlog, which takes seconds.
        concurrency: settings.CERTUS_TOOLS_SIDE_BY_SIDE * 8,
      },
    ];
  },

  trust: async ({ settings, database, objects, version }) => {
    const { CERTUS_PERMIT_KEY_FILE } = requireSettings(settings, ['CERTUS_PERMIT_KEY_FILE']);
    const activities = createTrustActivities({
      database,
      raw: objects.readable(settings.CERTUS_RAW_BUCKET),
      permitSigner: await openFileSigner(CERTUS_PERMIT_KEY_FILE),
      keySet: await readKeySet(settings),
      permitLifetimeMs: settings.CERTUS_PERMIT_HOURS * HOUR,
      evidenceMaxAgeMs: settings.CERTUS_EVIDENCE_MAX_AGE_HOURS * HOUR,
      version,
      now,
    });
    return [{ zone: 'trust', activities, concurrency: 8 }];
  },

  transform: async ({ settings, database, objects, workflowBundle }) => {
    const { CERTUS_PROMOTION_KEY_FILE, CERTUS_REGISTRY_URL } = requireSettings(settings, [
      'CERTUS_PROMOTION_KEY_FILE',
      'CERTUS_REGISTRY_URL',
    ]);
    const activities = createPublishActivities({
      database,
      raw: objects.readable(settings.CERTUS_RAW_BUCKET),
      golden: await objects.bucket(settings.CERTUS_GOLDEN_BUCKET),
      registry: await openRegistry(CERTUS_REGISTRY_URL, {
        username: settings.CERTUS_REGISTRY_USERNAME,
        password: settings.CERTUS_REGISTRY_PASSWORD,
      }),
      registryNamespace: settings.CERTUS_REGISTRY_NAMESPACE,
      promotionSigner: await openFileSigner(CERTUS_PROMOTION_KEY_FILE),
      keySet: await readKeySet(settings),
      now,
    });
    const notify = createNotifyActivities(await openNotifyDeps(settings, now));
    return [{ zone: 'transform', activities: { ...activities, ...notify }, workflowBundle, concurrency: 8 }];
  },

  ingest: async ({ settings, objects, search, workflowBundle }) => {
    const activities = createIngestActivities({
      golden: objects.readable(settings.CERTUS_GOLDEN_BUCKET),
      search: await search(),
    });
    return [{ zone: 'ingest', activities, workflowBundle, concurrency: 8 }];
  },
};

/** One key per tenant; a file holds the only one there is. Evidence of another tenant is never signed with it. */
const onlyFor =
  (tenant: string, signer: Signer) =>
  (asked: string): Signer => {
    if (asked !== tenant)
      throw new CertusError('key_unusable', `this worker holds no evidence key of tenant ${asked}`);
    return signer;
  };

async function readKeySet(settings: Settings): Promise<KeySet> {
  const { CERTUS_KEY_SET_FILE } = requireSettings(settings, ['CERTUS_KEY_SET_FILE']);
  return KeySet.parse(JSON.parse(await readFile(CERTUS_KEY_SET_FILE, 'utf8')));
}
