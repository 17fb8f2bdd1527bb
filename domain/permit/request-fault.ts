import type { Fault } from '../../contracts/permission.ts';
import type { PermitAsk } from '../../contracts/workflows.ts';
import type { CheckedEvidence, CheckedFiles } from '../custody/check-evidence.ts';
import { fault } from './denial-reason.ts';

/** What a caller says of its files and of who signed them, against what is there. The run's own question says nothing. */
export function requestFault(
  ask: PermitAsk | undefined,
  { index }: CheckedFiles,
  evidence: CheckedEvidence | undefined,
): Fault | null {
  if (ask === undefined) return null;
  if (ask.artifacts.length === 0) return fault('no_artifacts', 'no artifacts were named');
  for (const { name, sha256, size } of ask.artifacts) {
    const there = index.files.find(({ path }) => path === name);
    if (there === undefined) return fault('hash_mismatch', `there is no ${name} in staging`);
    if (there.sha256 !== sha256 || (size !== null && there.size !== size))
      return fault('hash_mismatch', `${name} is another file in staging`);
  }
  if (ask.signer !== null && ask.tier === 'verified' && ask.signer !== evidence?.key.id)
    return fault('invalid_signer', 'the evidence was not signed by the key that was named');
  return null;
}
