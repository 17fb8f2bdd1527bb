import { createDocumentsActivities } from '../../activities/documents/create-documents-activities.ts';
import { createRawRemovalActivities } from '../../activities/golden/remove-raw.ts';
import { createScanActivities } from '../../activities/scan/create-scan-activities.ts';
import { openManifestAccess } from '../../activities/scan/manifest-access.ts';
import { createReportReader } from '../../activities/scan/reports/report-reader.ts';
import { createToolMeans } from '../../activities/scan/tools/tool-means.ts';
import { createSignActivities } from '../../activities/sign/create-sign-activities.ts';
import type { SignDeps } from '../../activities/sign/deps.ts';
import { openEvidenceSigners } from '../../activities/sign/evidence-signers.ts';
import { createKeyMakingActivities } from '../../activities/sign/generate-key.ts';
import { TOOL_QUEUE } from '../../contracts/zones.ts';
import { requireSettings } from '../../services/config/require.ts';
import type { Settings } from '../../services/config/settings.ts';
import { openEventLog } from '../../services/events/event-log.ts';
import { openKeyEncryption } from '../../services/keys/encryption/open-key-encryption.ts';
import { openFileSigner } from '../../services/keys/file-signer.ts';
import { timestampBundle } from '../../services/sigstore/timestamp.ts';
import type { ZoneService } from '../serve-zone.ts';
import { now, readKeySet, readTrustedRoot, type Shared } from '../shared.ts';

/** Looks at hostile sources, and signs what was found: evidence keys, raw, no way into golden. */
export async function assuranceServices({
  settings,
  database,
  objects,
  workflowBundle,
  version,
}: Shared): Promise<ZoneService[]> {
  const { CERTUS_EVIDENCE_KEY_FILE, CERTUS_WORK_DIR } = requireSettings(settings, [
    'CERTUS_EVIDENCE_KEY_FILE',
    'CERTUS_WORK_DIR',
  ]);
  // ours hold the evidence of every tenant: not even a setting makes them a source
  const ours = [
    settings.CERTUS_UPLOADS_BUCKET,
    settings.CERTUS_RAW_BUCKET,
    settings.CERTUS_GOLDEN_BUCKET,
    settings.CERTUS_QUARANTINE_BUCKET,
    settings.CERTUS_ARCHIVE_BUCKET,
    settings.CERTUS_KEYS_BUCKET,
  ];
  const foreign = settings.CERTUS_SOURCE_BUCKETS.filter((name) => !ours.includes(name));
  const raw = await objects.bucket(settings.CERTUS_RAW_BUCKET);
  const uploads = objects.readable(settings.CERTUS_UPLOADS_BUCKET);
  const sealedKeys = await objects.bucket(settings.CERTUS_KEYS_BUCKET);
  const keyEncryption = await openKeyEncryption(settings);
  const { forTenant: evidenceSigner } = openEvidenceSigners({
    database,
    sealedKeys,
    encryption: keyEncryption,
    environment: settings.CERTUS_SIGNING_ENVIRONMENT,
    fallback: { tenant: 'default', signer: await openFileSigner(CERTUS_EVIDENCE_KEY_FILE) },
    now,
  });
  const signing = {
    ...createSignActivities({ raw, uploads, evidenceSigner, timestamp: await timestamps(settings) }),
    ...createKeyMakingActivities({ sealedKeys, keyEncryption }),
  };
  const keySet = await readKeySet(settings);
  const golden = objects.readable(settings.CERTUS_GOLDEN_BUCKET);
  const removal = createRawRemovalActivities({ raw, golden, keySet });
  const documents = createDocumentsActivities({
    database,
    raw,
    uploads,
    keySet,
    evidenceSigner,
    version,
    now,
  });
  const { runTool, ...activities } = createScanActivities({
    database,
    raw,
    evidenceSigner,
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
    uploads,
    sourceBucket: (name) => objects.readable(name),
    manifests: await openManifestAccess({ ...settings, CERTUS_SOURCE_BUCKETS: foreign }, objects),
    events: openEventLog(database),
    tools: createToolMeans(settings, process.env.PATH),
    readReport: createReportReader(),
    version,
  });
  return [
    {
      zone: 'assurance',
      activities: { ...activities, ...signing, ...documents, ...removal },
      workflowBundle,
      concurrency: 4,
    },
    {
      zone: 'assurance',
      queue: TOOL_QUEUE,
      activities: { runTool },
      // More than run at once (ToolSlots sees to that): a worker that asks for its next tool only when it has room for
      // it gets it from the server's backlog, which takes seconds.
      concurrency: settings.CERTUS_TOOLS_SIDE_BY_SIDE * 8,
    },
  ];
}

async function timestamps(settings: Settings): Promise<SignDeps['timestamp']> {
  const { CERTUS_TSA_URL: tsaUrl } = settings;
  if (tsaUrl === undefined) return undefined;
  const trust = await readTrustedRoot(settings);
  return (bundle) => timestampBundle(bundle, { tsaUrl, trust, now });
}
