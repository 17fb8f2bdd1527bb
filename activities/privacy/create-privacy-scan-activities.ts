import { CertusError } from '../../contracts/errors.ts';
import type { PrivacyScanInput } from '../../contracts/privacy.ts';
import type { Notice } from '../../contracts/scan.ts';
import {
  findPrivacyScan,
  openPrivacyScan,
  updatePrivacyScan,
} from '../../services/database/privacy-scans.ts';
import { policyInForce } from '../../services/privacy/policy-in-force.ts';
import { withHeartbeat } from '../heartbeat.ts';
import { type InspectedPage, inspectPage, type PrivacyScanDeps, type ScanPlace } from './inspect-page.ts';
import { writePrivacyReport } from './write-privacy-report.ts';

/** The steps of a privacy scan. */
export const createPrivacyScanActivities = (deps: PrivacyScanDeps) => ({
  /** Answers the digest of the policy that the whole scan goes by. */
  beginPrivacyScan: (input: PrivacyScanInput): Promise<string> =>
    withHeartbeat(async () => {
      await openPrivacyScan(deps.database, input, deps.now());
      const { digest } = await policyInForce(deps, input);
      await updatePrivacyScan(deps.database, input, input.id, { policyDigest: digest });
      return digest;
    }),
  inspectPage: (input: PrivacyScanInput, place: ScanPlace, policyDigest: string): Promise<InspectedPage> =>
    withHeartbeat((signal) => inspectPage(deps, input, place, policyDigest, signal)),
  endPrivacyScan: (input: PrivacyScanInput, failure: Notice | null): Promise<void> =>
    withHeartbeat(() => end(deps, input, failure)),
});

export type PrivacyScanActivities = ReturnType<typeof createPrivacyScanActivities>;

async function end(deps: PrivacyScanDeps, input: PrivacyScanInput, failure: Notice | null): Promise<void> {
  const { database } = deps;
  const endedAt = deps.now();
  if (failure !== null) {
    const error = { code: failure.code, message: failure.message };
    return updatePrivacyScan(database, input, input.id, { state: 'failed', error, endedAt });
  }
  const scan = await findPrivacyScan(database, input, input.id);
  if (scan === undefined) throw new CertusError('not_found', `there is no privacy scan ${input.id}`);
  if (scan.endedAt !== null) return;
  await writePrivacyReport(deps, input, scan);
  await updatePrivacyScan(database, input, input.id, { state: 'done', endedAt });
}
