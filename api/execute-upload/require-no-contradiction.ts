import type { ExecuteUploadRequest } from '../../contracts/execute-upload.ts';
import type { UploadPermission } from '../../contracts/permission.ts';
import { invalid } from '../problems.ts';

/**
 * What a caller says of the permit proves nothing and so is not needed; but who says something else than Trust has another
 * permit in mind, or a forged one.
 */
export function requireNoContradiction(
  { tier, verification_proof, storage_config }: ExecuteUploadRequest,
  permit: UploadPermission,
): void {
  const faults = [
    ...(tier === permit.tier ? [] : ['tier']),
    ...differing('verification_proof', verification_proof, permit.verification_proof),
    ...differing('storage_config', storage_config, permit.storage_config),
  ];
  if (faults.length > 0)
    throw invalid(faults.map((path) => ({ path, message: 'is not what Trust has said with this permit' })));
}

/** Nothing is claimed by what is left out. */
function differing(path: string, claimed: object | null | undefined, known: object | null): string[] {
  const truth = new Map<string, unknown>(Object.entries(known ?? {}));
  return Object.entries(claimed ?? {})
    .filter(([name, value]) => value !== null && value !== undefined && truth.get(name) !== value)
    .map(([name]) => `${path}.${name}`);
}
