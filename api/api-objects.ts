import type { Settings } from '../services/config/settings.ts';
import type { Bucket, ObjectStore } from '../services/objects/store.ts';
import type { ApiObjects } from './deps.ts';

export function apiObjects(
  store: ObjectStore,
  settings: Pick<
    Settings,
    'CERTUS_UPLOADS_BUCKET' | 'CERTUS_RAW_BUCKET' | 'CERTUS_GOLDEN_BUCKET' | 'CERTUS_QUARANTINE_BUCKET'
  >,
): ApiObjects {
  return {
    raw: store.readable(settings.CERTUS_RAW_BUCKET),
    golden: store.readable(settings.CERTUS_GOLDEN_BUCKET),
    quarantine: store.readable(settings.CERTUS_QUARANTINE_BUCKET),
    uploads: whenNeeded(() => store.bucket(settings.CERTUS_UPLOADS_BUCKET)),
  };
}

/** Opened when it is first asked for, and kept; while the store is away whoever asks next tries again. */
export function whenNeeded(open: () => Promise<Bucket>): () => Promise<Bucket> {
  let opened: Promise<Bucket> | undefined;
  return async () => {
    opened ??= open();
    try {
      return await opened;
    } catch (error) {
      opened = undefined;
      throw error;
    }
  };
}
