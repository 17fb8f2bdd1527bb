import type { Inspection, PrivacyScanResult } from '../../contracts/privacy.ts';
import type { ReadableBucket } from '../../services/objects/store.ts';
import type { Inspected, Inspector, InspectRequest } from '../../services/privacy/inspector.ts';
import { IN_MEMORY, isChanged, openDocument } from '../documents/document-source.ts';

/** A file, and what it must be: what somebody put in its place is nothing that was looked into. */
export type FileAt = {
  readonly bucket: ReadableBucket;
  readonly key: string;
  readonly name: string;
  readonly sha256: string;
  readonly size: number;
};

/** What a person is to decide by, or is kept as a masked copy, is held to the file: the rest is told, and moves nothing. */
export async function lookInto(
  inspector: Inspector,
  { bucket, key, name, ...listed }: FileAt,
  request: InspectRequest,
): Promise<Inspected> {
  try {
    if (listed.size > IN_MEMORY && (await bucket.head(key))?.sha256 !== listed.sha256)
      return { inspection: NOT_WHAT_IT_WAS };
    const source = await openDocument({ bucket, key }, listed);
    const inspected = await inspector.inspect({ name, size: listed.size, body: source.body }, request);
    if (request.mask !== undefined || request.preview === true) await source.verify();
    return inspected;
  } catch (error) {
    if (!isChanged(error)) throw error;
    return { inspection: NOT_WHAT_IT_WAS };
  }
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
