import type { Settings } from '../services/config/settings.ts';
import type { Bucket, ObjectStore } from '../services/objects/store.ts';
import type { ApiObjects } from './deps.ts';

export function apiObjects(
  store: ObjectStore,
  settings: Pick<Settings, 'CERTUS_UPLOADS_BUCKET' | 'CERTUS_RAW_BUCKET' | 'CERTUS_GOLDEN_BUCKET'>,
): ApiObjects {
  let opened: Promise<Bucket> | undefined;
  return {
    raw: store.readable(settings.CERTUS_RAW_BUCKET),
    golden: store.readable(settings.CERTUS_GOLDEN_BUCKET),
    async uploads() {
      opened ??= store.bucket(settings.CERTUS_UPLOADS_BUCKET);
      try {
        return await opened;
      } catch (error) {
        opened = undefined; // the store was away: whoever asks next tries again
        throw error;
      }
    },
  };
}
