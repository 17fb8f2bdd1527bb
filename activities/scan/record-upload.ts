import type { Notice } from '../../contracts/scan.ts';
import type { PermitDecision, Publication, Unpublished, UploadInput } from '../../contracts/workflows.ts';
import { findScan, updateScan } from '../../services/database/scans.ts';
import type { ScanDeps } from './deps.ts';
import { noticesOf, permitted, published } from './record-scan.ts';

/** What became of evidence whose publication was asked for after its scan. */
export type UploadRecord = {
  readonly permit?: PermitDecision;
  readonly publication?: Publication | Unpublished;
  readonly error?: Notice;
};

/** Adds to the row of the scan what its upload has learnt; everything else of it stays as the scan left it. */
export async function recordUpload(
  { database }: Pick<ScanDeps, 'database'>,
  { scope, testId }: UploadInput,
  { permit, publication, error }: UploadRecord,
): Promise<void> {
  const row = await findScan(database, scope, testId);
  const known = row?.errors.some(({ code, message }) => code === error?.code && message === error?.message);
  await updateScan(database, scope, testId, {
    ...(permit === undefined ? { uploadStatus: 'upload_failed' } : permitted(permit, 'SUCCEEDED')),
    ...(publication === undefined ? {} : published(publication)),
    ...(publication === undefined || !('unpublished' in publication)
      ? {}
      : { warnings: [...(row?.warnings ?? []), ...noticesOf(publication)] }),
    ...(error === undefined || known ? {} : { errors: [...(row?.errors ?? []), error] }),
  });
}
