import { randomUUID } from 'node:crypto';
import type { BundleFile } from '../../contracts/bundle.ts';
import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { ScanRecord } from '../../services/database/scan-record.ts';
import { recordTrustEvent } from '../../services/database/trust-events.ts';
import type { Principal } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';

/** Nobody but a reviewer is given what was held back, and nobody at all before it is on record that they are. */
export async function allowHeld(
  { database }: Pick<ApiDeps, 'database'>,
  { subject: by, roles }: Principal,
  { tenant, workspace }: Scope,
  { testId }: Pick<ScanRecord, 'testId'>,
  { path, sha256 }: BundleFile,
): Promise<void> {
  if (!roles.includes('reviewer'))
    throw new CertusError('forbidden', 'personal data was found in this file: it is for reviewers alone');
  await recordTrustEvent(database, {
    tenant,
    type: 'held_file_read',
    about: testId,
    data: { by, workspace_id: workspace, path, sha256 },
    once: `held_file_read/${testId}/${randomUUID()}`,
    at: new Date(),
  });
}
