import { createPromotionActivities } from '../../activities/documents/create-promotion-activities.ts';
import { createUploadActivities } from '../../activities/documents/create-upload-activities.ts';
import { createEventActivities } from '../../activities/events/create-event-activities.ts';
import { createAuditActivities } from '../../activities/golden/create-audit-activities.ts';
import { createRetentionActivities } from '../../activities/golden/create-retention-activities.ts';
import { lockUntil } from '../../activities/golden/retention-in-force.ts';
import { createNotifyActivities } from '../../activities/notify/create-notify-activities.ts';
import { openNotifyDeps } from '../../activities/notify/notify-deps.ts';
import { createPrivacyScanActivities } from '../../activities/privacy/create-privacy-scan-activities.ts';
import { createReviewActivities } from '../../activities/privacy/create-review-activities.ts';
import { createPublishActivities } from '../../activities/publish/create-publish-activities.ts';
import { createQuarantineActivities } from '../../activities/publish/create-quarantine-activities.ts';
import type { PublishDeps } from '../../activities/publish/deps.ts';
import { createLocationActivities } from '../../activities/sign/create-sign-activities.ts';
import { requireSettings } from '../../services/config/require.ts';
import type { Settings } from '../../services/config/settings.ts';
import { openFileSigner } from '../../services/keys/file-signer.ts';
import type { BucketOptions } from '../../services/objects/store.ts';
import { findPictureReader } from '../../services/privacy/ocr.ts';
import { openInspector } from '../../services/privacy/open-inspector.ts';
import { openRegistry } from '../../services/registry/open-registry.ts';
import { namesOf } from '../../services/sanitize/names-of.ts';
import { pathFolders } from '../../services/tools/on-path.ts';
import type { ZoneService } from '../serve-zone.ts';
import { now, readKeySet, type Shared } from '../shared.ts';

/** The one writer of golden and of the registry, and the one that tells the world. */
export async function transformServices({
  settings,
  database,
  objects,
  workflowBundle,
}: Shared): Promise<ZoneService[]> {
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
    names: namesOf(settings, settings.CERTUS_PRIVACY_NER_KINDS),
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
}

const lockedAs = ({ CERTUS_GOLDEN_LOCK: lock }: Settings): BucketOptions => (lock === 'none' ? {} : { lock });

/** Where nothing is locked, nobody is asked for how long. */
const lockOf =
  ({ CERTUS_GOLDEN_LOCK: lock }: Settings, deps: Parameters<typeof lockUntil>[0]): PublishDeps['lockUntil'] =>
  async (scope, at) =>
    lock === 'none' ? undefined : lockUntil(deps, scope, at);
