import { CertusError } from '../../contracts/errors.ts';
import type { Inspection, PrivacyScanResult } from '../../contracts/privacy.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import type { ReadableBucket } from '../../services/objects/store.ts';
import type {
  FileToInspect,
  Inspected,
  Inspector,
  InspectRequest,
} from '../../services/privacy/inspector.ts';

/** A file, and what it must be: what somebody put in its place is nothing that was looked into. */
export type FileAt = {
  readonly bucket: ReadableBucket;
  readonly key: string;
  readonly name: string;
  readonly sha256: string;
  readonly size: number;
};

const IN_MEMORY = 8 * 1024 * 1024;

export async function lookInto(
  inspector: Inspector,
  file: FileAt,
  request: InspectRequest,
): Promise<Inspected> {
  const body = await bodyOf(file);
  if (body === undefined) return { inspection: NOT_WHAT_IT_WAS };
  return inspector.inspect({ name: file.name, size: file.size, body }, request);
}

export const resultOf = (
  { key, name, sha256: digest }: FileAt,
  { format, kinds, places, opaque, action }: Inspection,
  reviewId: string | null,
): PrivacyScanResult => ({
  key,
  name,
  sha256: digest,
  format,
  outcome: OUTCOME[action],
  quarantined: reviewId !== null,
  findings: kinds.reduce((sum, { count }) => sum + count, 0),
  kinds,
  places,
  opaque,
  review_id: reviewId,
});

const OUTCOME = { pass: 'clean', mask: 'masked', quarantine: 'quarantined' } as const;

/** Told like what cannot be read: a scan of thousands of files must not end at one that somebody has tampered with. */
const NOT_WHAT_IT_WAS: Inspection = {
  format: 'unknown',
  media_type: 'application/octet-stream',
  kinds: [],
  places: [],
  opaque: [{ reason: 'damaged', place: 'the file is not what was received' }],
  action: 'quarantine',
};

export const isTampered = (inspection: Inspection): boolean => inspection === NOT_WHAT_IT_WAS;

/** Large ones are held to their digest by the store while they are read. */
async function bodyOf(file: FileAt): Promise<FileToInspect['body'] | undefined> {
  const { bucket, key, size } = file;
  try {
    if (size <= IN_MEMORY) {
      const bytes = await bucket.read(key, IN_MEMORY);
      return sha256(bytes) === file.sha256 ? bytes : undefined;
    }
    const info = await bucket.head(key);
    if (info?.sha256 !== file.sha256 || info.size !== size) return undefined;
    return async () => (await bucket.open(key)).body;
  } catch (error) {
    if (error instanceof CertusError && GONE.has(error.code)) return undefined;
    throw error;
  }
}

const GONE: ReadonlySet<string> = new Set(['object_not_found', 'object_too_large', 'digest_mismatch']);
