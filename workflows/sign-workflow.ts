import { proxyActivities } from '@temporalio/workflow';
import type {
  LocationActivities,
  SignActivities,
  SignatureTrustActivities,
} from '../activities/sign/create-sign-activities.ts';
import type { SignArtifactInput, SignInput } from '../contracts/signing.ts';
import { inZone } from './options.ts';

const { signItems, storeVerification } = proxyActivities<SignActivities>(inZone('assurance', '10 minutes'));
const { logSignatures, signVerification } = proxyActivities<SignatureTrustActivities>(
  inZone('trust', '10 minutes'),
);
const { lookAtLocations } = proxyActivities<LocationActivities>(inZone('transform', '10 minutes'));

/** Signs what was asked for with the tenant's key; Trust verifies it and writes it into the log before anybody is shown it. */
export async function signWorkflow(input: SignInput): Promise<void> {
  const { scope, id, items, mode, requestedAt } = input;
  await signItems(input);
  await logSignatures({ scope, id, items, requestedAt }, mode === 'keyless' ? 'identity' : 'evidence');
}

/** Has Trust verify a scan from its bytes and sign that it did. */
export async function signArtifactWorkflow(input: SignArtifactInput): Promise<void> {
  const { scope, id, requestedAt, golden, registry } = input;
  const locations = golden === null && registry === null ? [] : await lookAtLocations(input);
  await storeVerification(input, await signVerification(input, locations));
  await logSignatures({ scope, id, items: 1, requestedAt }, 'permit');
}
