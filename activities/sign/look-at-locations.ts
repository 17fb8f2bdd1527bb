import { BUNDLE } from '../../contracts/bundle.ts';
import { CertusError } from '../../contracts/errors.ts';
import { goldenPrefix } from '../../contracts/object-keys.ts';
import type { LookedAt, SignArtifactInput } from '../../contracts/signing.ts';
import { explainedFiles } from '../../domain/custody/explained-files.ts';
import { actualContent } from '../../domain/custody/verification-statement.ts';
import { readEvidence, readEvidenceStatement } from '../custody/read-evidence.ts';
import type { PublishDeps } from '../publish/deps.ts';
import { heldOrRefused } from './held-or-refused.ts';
import { type FoundFiles, pulledFiles } from './pulled-files.ts';

export type LocationDeps = Pick<PublishDeps, 'raw' | 'golden' | 'registry' | 'registryNamespace' | 'keySet'>;

/**
 * Hashes what golden and the registry hold of a run; only this zone reads both. Trust compares, and believes no equality that
 * it is told. Files that were masked or withheld count as those that were signed, where a statement accounts for them.
 */
export async function lookAtLocations(
  deps: LocationDeps,
  input: SignArtifactInput,
  signal: AbortSignal,
): Promise<LookedAt[]> {
  const found: LookedAt[] = [];
  if (input.golden !== null) found.push(await inGolden(deps, input));
  if (input.registry !== null) found.push(await inRegistry(deps, input, input.registry, signal));
  return found;
}

async function inGolden(deps: LocationDeps, { scope, testId }: SignArtifactInput): Promise<LookedAt> {
  const { golden } = deps;
  const prefix = goldenPrefix(scope, testId);
  const [{ indexBytes, files }, sanitizeBytes] = await Promise.all([
    readEvidence(golden, prefix),
    readEvidenceStatement(golden, `${prefix}${BUNDLE.sanitize}`),
  ]);
  const uri = golden.locate(prefix.replace(/\/$/, ''));
  return looked(deps, 'golden', uri, { indexBytes, files, sanitizeBytes });
}

async function inRegistry(
  deps: LocationDeps,
  { scope, testId }: SignArtifactInput,
  reference: string,
  signal: AbortSignal,
): Promise<LookedAt> {
  const ours = `${deps.registryNamespace}/${scope.tenant}/${scope.workspace}`;
  const [, component, tag, digest] = NAME.exec(reference) ?? [];
  // of another tenant, workspace or run nothing is told, not even that it is not there
  if (component === undefined || tag !== testId || !reference.includes(`/${ours}/${component}:`))
    throw notThere('registry');
  const artifact = { scope, testId, repository: `${ours}/${component}`, reference: digest ?? tag };
  return looked(deps, 'registry', reference, await pulledFiles(deps, artifact, signal));
}

const NAME = /\/([a-z0-9-]{1,63}):([A-Za-z0-9_][A-Za-z0-9._-]{0,127})(?:@(sha256:[0-9a-f]{64}))?$/;

function looked(
  { keySet }: LocationDeps,
  place: LookedAt['place'],
  uri: string,
  { indexBytes, files, sanitizeBytes }: FoundFiles,
): LookedAt {
  if (files.size === 0) throw notThere(place);
  const said = sanitizeBytes.length === 0 ? undefined : sanitizeBytes;
  const explained = heldOrRefused(() => explainedFiles({ indexBytes, files, sanitizeBytes: said, keySet }));
  const { sanitized } = explained;
  return {
    place,
    uri,
    content: actualContent(explained.files),
    // nothing is told of a statement by which all is as it was
    ...(sanitized?.statement.predicate.files.some(({ outcome }) => outcome !== 'released')
      ? { sanitize: sanitized.digest }
      : {}),
  };
}

const notThere = (place: string) =>
  new CertusError('object_not_found', `not signed: ${place} holds no such bundle of this run`);
