import { proxyActivities } from '@temporalio/workflow';
import type { IngestActivities } from '../activities/ingest/create-ingest-activities.ts';
import type { QuarantineActivities } from '../activities/publish/create-quarantine-activities.ts';
import type { KnownActivities } from '../activities/trust/known/create-known-activities.ts';
import type { QuarantineInput, QuarantineOutcome } from '../contracts/quarantine.ts';
import { inZone } from './options.ts';
import { identityOf } from './run-identity.ts';

const { quarantineGolden } = proxyActivities<QuarantineActivities>(inZone('transform', '1 day'));
const { withdrawOci, recordQuarantine } = proxyActivities<QuarantineActivities>(
  inZone('transform', '10 minutes'),
);
const { forgetEvidence } = proxyActivities<IngestActivities>(inZone('ingest', '10 minutes'));
const { logQuarantine } = proxyActivities<KnownActivities>(inZone('trust', '10 minutes'));

/**
 * Takes back what was published on the word of a key that is believed no longer, or what has changed since it was. Golden
 * first, for whoever reads there; a registry, an index or a log that is away keeps none of the others waiting.
 */
export async function quarantineWorkflow(input: QuarantineInput): Promise<QuarantineOutcome> {
  const { notice, location, notices } = await quarantineGolden(input);
  const run = identityOf(input);
  const [oci, forgotten, logIndex] = await Promise.all([
    withdrawOci(run),
    forgetEvidence(run),
    logQuarantine(input, notice),
    recordQuarantine(input, { oci: null, notices }), // shows now, however long the registry may be away
  ]);
  const told = oci === 'forbidden' ? [...notices, STILL_SERVED] : notices;
  await recordQuarantine(input, { oci, notices: told });
  return { location, oci, forgotten, logIndex, notices: told };
}

const STILL_SERVED = {
  code: 'registry_keeps_artifact',
  message: 'the registry deletes nothing: the artifact can still be pulled from it',
};
