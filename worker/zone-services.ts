import { readFile } from 'node:fs/promises';
import { createDocumentsActivities } from '../activities/documents/create-documents-activities.ts';
import { createPromotionActivities } from '../activities/documents/create-promotion-activities.ts';
import { createUploadActivities } from '../activities/documents/create-upload-activities.ts';
import { createEventActivities } from '../activities/events/create-event-activities.ts';
import { createAuditActivities } from '../activities/golden/create-audit-activities.ts';
import { createRetentionActivities } from '../activities/golden/create-retention-activities.ts';
import { createRawRemovalActivities } from '../activities/golden/remove-raw.ts';
import { lockUntil } from '../activities/golden/retention-in-force.ts';
import { createIngestActivities } from '../activities/ingest/create-ingest-activities.ts';
import { createSourceActivities } from '../activities/ingest/create-source-activities.ts';
import { createForgetActivities } from '../activities/ingest/forget-hidden.ts';
import { createReindexActivities } from '../activities/ingest/reindex.ts';
import { createNotifyActivities } from '../activities/notify/create-notify-activities.ts';
import { openNotifyDeps } from '../activities/notify/notify-deps.ts';
import { createPrivacyScanActivities } from '../activities/privacy/create-privacy-scan-activities.ts';
import { createReviewActivities } from '../activities/privacy/create-review-activities.ts';
import { createPublishActivities } from '../activities/publish/create-publish-activities.ts';
import { createQuarantineActivities } from '../activities/publish/create-quarantine-activities.ts';
import type { PublishDeps } from '../activities/publish/deps.ts';
import { createScanActivities } from '../activities/scan/create-scan-activities.ts';
import { openManifestAccess } from '../activities/scan/manifest-access.ts';
import { createReportReader } from '../activities/scan/reports/report-reader.ts';
import { createToolMeans } from '../activities/scan/tools/tool-means.ts';
import {
  createLocationActivities,
  createSignActivities,
  createSignatureTrustActivities,
} from '../activities/sign/create-sign-activities.ts';
import type { SignDeps } from '../activities/sign/deps.ts';
import { openEvidenceSigners } from '../activities/sign/evidence-signers.ts';
import { createKeyMakingActivities } from '../activities/sign/generate-key.ts';
import { createOrderActivities } from '../activities/trust/create-order-activities.ts';
import { createTrustActivities } from '../activities/trust/create-trust-activities.ts';
import type { TrustDeps } from '../activities/trust/deps.ts';
import { createKeyCareActivities } from '../activities/trust/keys/check-key-expiry.ts';
import { createKnownActivities } from '../activities/trust/known/create-known-activities.ts';
import { createDeletionLogActivities } from '../activities/trust/known/log-deletion.ts';
import { createWitnessActivities } from '../activities/trust/rekor/create-witness-activities.ts';
import { KeySet } from '../contracts/keys.ts';
import { TOOL_QUEUE, type Zone } from '../contracts/zones.ts';
import { parseTrustedRoot, type TrustedRoot } from '../domain/sigstore/trusted-root.ts';
import { openGatewayAuthority } from '../services/authority/gateway-authority.ts';
import { requireSettings } from '../services/config/require.ts';
import type { Settings } from '../services/config/settings.ts';
import { openConnector } from '../services/connectors/open-connector.ts';
import { openConnectorDeps } from '../services/connectors/open-deps.ts';
import type { Database } from '../services/database/database.ts';
import { openEmbedder } from '../services/embeddings/open-embedder.ts';
import { openEventLog } from '../services/events/event-log.ts';
import { openItemReader } from '../services/ingest/open-item-reader.ts';
import { openKeyEncryption } from '../services/keys/encryption/open-key-encryption.ts';
import { openFileSigner } from '../services/keys/file-signer.ts';
import type { BucketOptions, ObjectStore } from '../services/objects/store.ts';
import { findPictureReader } from '../services/privacy/ocr.ts';
import { openInspector } from '../services/privacy/open-inspector.ts';
import { openRegistry } from '../services/registry/open-registry.ts';
import type { SearchIndex } from '../services/search/search-index.ts';
import { timestampBundle } from '../services/sigstore/timestamp.ts';
import { pathFolders } from '../services/tools/on-path.ts';
import { openLogSigner } from '../services/transparency/log-signer.ts';
import { openTransparencyLog } from '../services/transparency/open-log.ts';
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
  },

  trust: async ({ settings, database, objects, version }) => {
    const { CERTUS_PERMIT_KEY_FILE, CERTUS_LOG_KEY_FILE } = requireSettings(settings, [
      'CERTUS_PERMIT_KEY_FILE',
      'CERTUS_LOG_KEY_FILE',
    ]);
    const keySet = await readKeySet(settings);
    const logSigner = await openLogSigner(CERTUS_LOG_KEY_FILE, settings.CERTUS_LOG_ORIGIN);
    const trustedRoot = await readTrustedRoot(settings);
    const deps = {
      database,
      raw: objects.readable(settings.CERTUS_RAW_BUCKET),
      permitSigner: await openFileSigner(CERTUS_PERMIT_KEY_FILE),
      log: openTransparencyLog(database, logSigner, keySet),
      keySet,
      permitLifetimeMs: settings.CERTUS_PERMIT_HOURS * HOUR,
      evidenceMaxAgeMs: settings.CERTUS_EVIDENCE_MAX_AGE_HOURS * HOUR,
      ...(await openAuthorities(settings)),
      trustedRoot,
      version,
      now,
    };
    const golden = objects.readable(settings.CERTUS_GOLDEN_BUCKET);
    const rekorUrl = settings.CERTUS_REKOR_URL;
    const activities = {
      ...createTrustActivities(deps),
      ...createOrderActivities(deps),
      ...createKeyCareActivities(deps),
      ...createKnownActivities({ ...deps, golden }),
      ...createDeletionLogActivities({ ...deps, golden }),
      ...createSignatureTrustActivities(deps),
      ...createWitnessActivities({
        ...deps,
        rekor: rekorUrl === undefined ? undefined : { rekorUrl, trust: trustedRoot },
      }),
    };
    return [{ zone: 'trust', activities, concurrency: 8 }];
  },

  transform: async ({ settings, database, objects, workflowBundle }) => {
    const { CERTUS_PROMOTION_KEY_FILE, CERTUS_REGISTRY_URL } = requireSettings(settings, [
      'CERTUS_PROMOTION_KEY_FILE',
      'CERTUS_REGISTRY_URL',
    ]);
    const keySet = await readKeySet(settings);
    const inspector = openInspector({
      threads: settings.CERTUS_PRIVACY_THREADS,
      maxBytes: settings.CERTUS_PRIVACY_MAX_BYTES,
      ocr: settings.CERTUS_PRIVACY_OCR
        ? await findPictureReader(pathFolders(settings.CERTUS_TOOL_PATH ?? process.env.PATH))
        : undefined,
    });
    const deps = {
      database,
      uploads: await objects.bucket(settings.CERTUS_UPLOADS_BUCKET),
      raw: objects.readable(settings.CERTUS_RAW_BUCKET),
      golden: await objects.bucket(settings.CERTUS_GOLDEN_BUCKET, lockedAs(settings)),
      registry: await openRegistry(CERTUS_REGISTRY_URL, {
        username: settings.CERTUS_REGISTRY_USERNAME,
        password: settings.CERTUS_REGISTRY_PASSWORD,
      }),
      registryNamespace: settings.CERTUS_REGISTRY_NAMESPACE,
      promotionSigner: await openFileSigner(CERTUS_PROMOTION_KEY_FILE),
      keySet,
      lockUntil: lockOf(settings, { database, keySet }),
      quarantine: await objects.bucket(settings.CERTUS_QUARANTINE_BUCKET),
      inspector,
      now,
    };
    const notify = await openNotifyDeps(settings, now);
    const activities = {
      ...createPublishActivities(deps),
      ...createPromotionActivities(deps),
      ...createQuarantineActivities(deps),
      ...createAuditActivities({ ...deps, archive: objects.readable(settings.CERTUS_ARCHIVE_BUCKET) }),
      ...createLocationActivities(deps),
      ...createPrivacyScanActivities(deps),
      ...createReviewActivities(deps),
      ...createUploadActivities(deps),
      ...createRetentionActivities({
        ...deps,
        archive: await objects.bucket(settings.CERTUS_ARCHIVE_BUCKET),
      }),
      ...createNotifyActivities(notify),
      ...createEventActivities({ ...notify, database }),
    };
    return [
      {
        zone: 'transform',
        activities,
        workflowBundle,
        concurrency: 8,
        close: () => inspector.close(),
      },
    ];
  },

  ingest: async ({ settings, database, objects, search, workflowBundle }) => {
    const { CERTUS_WORK_DIR, CERTUS_OBJECTS } = requireSettings(settings, [
      'CERTUS_WORK_DIR',
      'CERTUS_OBJECTS',
    ]);
    const deps = { golden: objects.readable(settings.CERTUS_GOLDEN_BUCKET), search: await search() };
    const connecting = await openConnectorDeps(
      { ...settings, CERTUS_WORK_DIR, CERTUS_OBJECTS },
      objects,
      now,
    );
    const reader = openItemReader({
      threads: settings.CERTUS_INGEST_THREADS,
      maxBytes: settings.CERTUS_INGEST_MAX_BYTES,
    });
    const sources = createSourceActivities({
      ...{ database, search: deps.search, now },
      reader,
      embedder: await openEmbedder(settings),
      keySet: await readKeySet(settings),
      connect: async (source, scope) => openConnector(source, scope, connecting),
      maxItemBytes: settings.CERTUS_INGEST_MAX_BYTES,
    });
    const activities = {
      ...createIngestActivities(deps),
      ...createForgetActivities(deps),
      ...createReindexActivities(deps),
      ...sources,
    };
    const close = async () => {
      await Promise.all([reader.close(), connecting.close()]);
    };
    return [{ zone: 'ingest', activities, workflowBundle, concurrency: 8, close }];
  },
};

const lockedAs = ({ CERTUS_GOLDEN_LOCK: lock }: Settings): BucketOptions => (lock === 'none' ? {} : { lock });

/** Where nothing is locked, nobody is asked for how long. */
const lockOf =
  ({ CERTUS_GOLDEN_LOCK: lock }: Settings, deps: Parameters<typeof lockUntil>[0]): PublishDeps['lockUntil'] =>
  async (scope, at) =>
    lock === 'none' ? undefined : lockUntil(deps, scope, at);

async function readKeySet(settings: Settings): Promise<KeySet> {
  const { CERTUS_KEY_SET_FILE } = requireSettings(settings, ['CERTUS_KEY_SET_FILE']);
  return KeySet.parse(JSON.parse(await readFile(CERTUS_KEY_SET_FILE, 'utf8')));
}

/** Given out by the operator; without one no certificate, log or timestamp of others is believed. */
async function readTrustedRoot({
  CERTUS_TRUSTED_ROOT_FILE: file,
}: Settings): Promise<TrustedRoot | undefined> {
  if (file === undefined) return undefined;
  return parseTrustedRoot(await readFile(file));
}

async function timestamps(settings: Settings): Promise<SignDeps['timestamp']> {
  const { CERTUS_TSA_URL: tsaUrl } = settings;
  if (tsaUrl === undefined) return undefined;
  const trust = await readTrustedRoot(settings);
  return (bundle) => timestampBundle(bundle, { tsaUrl, trust, now });
}

/** Certificates for production come from the gateway where one is named; everything else from the built-in authority. */
async function openAuthorities(
  settings: Settings,
): Promise<Pick<TrustDeps, 'authority' | 'builtInAuthority'>> {
  const {
    CERTUS_AUTHORITY_KEY_FILE: keyFile,
    CERTUS_AUTHORITY_CHAIN_FILE: chainFile,
    CERTUS_AUTHORITY_URL: gateway,
  } = settings;
  const builtIn =
    keyFile === undefined || chainFile === undefined
      ? undefined
      : await (await import('../services/authority/built-in-authority.ts')).openBuiltInAuthority({
          keyFile,
          chainFile,
        });
  return {
    builtInAuthority: builtIn,
    authority: gateway === undefined ? builtIn : openGatewayAuthority(gateway),
  };
}
