import { BUNDLE } from '../../contracts/bundle.ts';
import { CertusError } from '../../contracts/errors.ts';
import { goldenPrefix } from '../../contracts/object-keys.ts';
import type { LookedAt, SignArtifactInput } from '../../contracts/signing.ts';
import type { ActualFiles } from '../../domain/custody/check-evidence.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { actualContent } from '../../domain/custody/verification-statement.ts';
import { pullArtifact } from '../../services/registry/artifact.ts';
import { readEvidence } from '../custody/read-evidence.ts';
import type { PublishDeps } from '../publish/deps.ts';

type Needed = Pick<PublishDeps, 'golden' | 'registry' | 'registryNamespace'>;

/** Hashes what golden and the registry hold of a scan; only this zone reads both. Trust compares, and believes no equality that it is told. */
export async function lookAtLocations(deps: Needed, input: SignArtifactInput): Promise<LookedAt[]> {
  const looked: LookedAt[] = [];
  if (input.golden !== null) looked.push(await inGolden(deps, input));
  if (input.registry !== null) looked.push(await inRegistry(deps, input, input.registry));
  return looked;
}

async function inGolden({ golden }: Needed, { scope, testId }: SignArtifactInput): Promise<LookedAt> {
  const prefix = goldenPrefix(scope, testId);
  const { files } = await readEvidence(golden, prefix);
  return looked('golden', golden.locate(prefix.replace(/\/$/, '')), files);
}

async function inRegistry(
  { registry, registryNamespace }: Needed,
  { scope, testId }: SignArtifactInput,
  reference: string,
): Promise<LookedAt> {
  const ours = `${registryNamespace}/${scope.tenant}/${scope.workspace}`;
  const [, component, tag, digest] = NAME.exec(reference) ?? [];
  // of another tenant, workspace or run nothing is told, not even that it is not there
  if (component === undefined || tag !== testId || !reference.includes(`/${ours}/${component}:`))
    throw notThere('registry');
  const repository = `${ours}/${component}`;
  const { files } = await pullArtifact(registry, repository, digest ?? tag);
  const evidence = files.filter(({ name }) => !name.startsWith(BUNDLE.statements));
  const found = evidence.map(
    ({ name, bytes }) => [name, { sha256: sha256(bytes), size: bytes.length }] as const,
  );
  return looked('registry', reference, new Map(found));
}

const NAME = /\/([a-z0-9-]{1,63}):([A-Za-z0-9_][A-Za-z0-9._-]{0,127})(?:@(sha256:[0-9a-f]{64}))?$/;

function looked(place: LookedAt['place'], uri: string, files: ActualFiles): LookedAt {
  if (files.size === 0) throw notThere(place);
  return { place, uri, content: actualContent(files) };
}

const notThere = (place: string) =>
  new CertusError('object_not_found', `not signed: ${place} holds no such bundle of this scan`);
