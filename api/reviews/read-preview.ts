import { randomUUID } from 'node:crypto';
import { CertusError } from '../../contracts/errors.ts';
import { jsonOf } from '../../contracts/json-of.ts';
import { heldKey } from '../../contracts/object-keys.ts';
import { PreviewPiece, type ReviewPreview } from '../../contracts/review.ts';
import { HELD_PREVIEW } from '../../domain/review/held-names.ts';
import type { ReviewRecord } from '../../services/database/reviews.ts';
import { recordTrustEvent } from '../../services/database/trust-events.ts';
import type { Principal } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';

const MAX_PREVIEW = 8 * 1024 * 1024;
const Pieces = PreviewPiece.array().max(100_000);

/** Nobody sees personal data before it is on record that they do. */
export async function readPreview(
  { database, objects }: Pick<ApiDeps, 'database' | 'objects'>,
  { subject: by }: Principal,
  review: ReviewRecord,
): Promise<ReviewPreview> {
  const { scope, id, name, digest } = review;
  const bytes = await objects.quarantine.read(heldKey(scope, id, HELD_PREVIEW), MAX_PREVIEW);
  const pieces = Pieces.safeParse(jsonOf(bytes));
  if (!pieces.success) throw new CertusError('bundle_invalid', 'the preview of this review cannot be read');
  await recordTrustEvent(database, {
    tenant: scope.tenant,
    type: 'review_previewed',
    about: id,
    data: { by, workspace_id: scope.workspace, subject_digest: digest },
    once: `review_previewed/${id}/${randomUUID()}`,
    at: new Date(),
  });
  return { review_id: id, subject_digest: digest, name, pieces: pieces.data };
}
