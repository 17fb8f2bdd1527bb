import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { goldenPrefix, rawPrefix } from '../../contracts/object-keys.ts';
import {
  type SignArtifactInput,
  type SignArtifactRequest,
  type SignatureSet,
  type SignedArtifact,
  VerificationStatement,
} from '../../contracts/signing.ts';
import { isDocumentsRun } from '../../domain/custody/run-kind.ts';
import type { Principal } from '../authentication.ts';
import { invalid } from '../problems.ts';
import { claim, signatureId } from './request-signatures.ts';
import { signed } from './sign-runs.ts';
import { findSignatureSet, type SigstoreBundle } from './signature-set.ts';
import type { SigningDeps } from './signing-deps.ts';

/** Has Trust verify a scan from its bytes. What the caller says of it must be so, and is proof of nothing. */
export async function signArtifact(
  deps: SigningDeps,
  principal: Principal,
  request: SignArtifactRequest,
  idempotencyKey: string | undefined,
): Promise<SignedArtifact> {
  const scope: Scope = { tenant: principal.tenant, workspace: request.workspace_id };
  const id = signatureId(scope, 'sign-artifact', idempotencyKey);
  if (idempotencyKey !== undefined) await claim(deps, scope, id, request);
  const input = inputOf(deps, scope, id, request);
  const before = await findSignatureSet(deps, scope, id);
  if (before !== undefined) return viewOf(before);
  const done = await signed(deps.temporal, { workflow: 'signArtifact', input });
  const after = done ? await findSignatureSet(deps, scope, id) : undefined;
  return after === undefined ? pending(id) : viewOf(after);
}

function inputOf(
  deps: SigningDeps,
  scope: Scope,
  id: string,
  request: SignArtifactRequest,
): SignArtifactInput {
  const { artifact_locations: places, inner_signatures: inner, assessment_metadata: about } = request;
  const testId = about.scan_id ?? testIdIn(places.s3 ?? places.registry ?? '');
  return {
    scope,
    id,
    requestedAt: new Date().toISOString(),
    testId,
    signer: inner.signer ?? null,
    signature: inner.signature ?? null,
    paths: inner.files.map(({ path }) => path),
    ...(places.s3 === undefined ? unnamed(deps, scope, testId) : bucketOf(scope, testId, places.s3)),
    registry: places.registry ?? null,
  };
}

function testIdIn(location: string): string {
  const [found] = /(?:test|docs)_[0-9a-f]{12,32}(?![0-9a-z])/.exec(location) ?? [];
  if (found !== undefined) return found;
  throw invalid([
    {
      path: 'assessment_metadata.scan_id',
      message: 'name the run, here or by a location that lies below it',
    },
  ]);
}

/** Documents are looked at where they were published, asked for or not: raw holds their list alone. */
function unnamed(
  { objects: { golden } }: SigningDeps,
  scope: Scope,
  testId: string,
): Pick<SignArtifactInput, 'raw' | 'golden'> {
  if (!isDocumentsRun(testId)) return { raw: null, golden: null };
  return { raw: null, golden: golden.locate(goldenPrefix(scope, testId).replace(/\/$/, '')) };
}

/** A place of somebody else is no place. */
function bucketOf(scope: Scope, testId: string, location: string): Pick<SignArtifactInput, 'raw' | 'golden'> {
  const path = `${location.replace(/\/+$/, '')}/`;
  if (endsIn(path, goldenPrefix(scope, testId))) return { raw: null, golden: location };
  if (endsIn(path, rawPrefix(scope, testId)) && !isDocumentsRun(testId))
    return { raw: location, golden: null };
  throw new CertusError(
    'not_found',
    'artifact_locations.s3 is no place where this run lies in this workspace',
  );
}

const endsIn = (path: string, prefix: string): boolean => path === prefix || path.endsWith(`/${prefix}`);

const pending = (id: string): SignedArtifact => ({
  status: 'pending',
  signature_id: id,
  assessment_id: null,
  outer_signature: null,
  verification_proof: null,
  bundle: null,
});

/** Everything that is answered stands in the statement that Trust signed: an answer of later is the same. */
function viewOf({
  signature_id,
  signatures: [row],
  bundles: [bundle],
  signature,
}: SignatureSet): SignedArtifact {
  if (row === undefined || bundle === undefined)
    throw new CertusError('internal_error', 'nothing was signed');
  const payload = (bundle as SigstoreBundle).dsseEnvelope?.payload ?? '';
  const { predicate } = VerificationStatement.parse(
    JSON.parse(Buffer.from(payload, 'base64').toString('utf8')),
  );
  const { locations } = predicate;
  const looked = locations.map(({ content }) => content === predicate.content.digest.sha256);
  const alike = new Set(locations.map(({ sanitize }) => sanitize)).size === 1;
  const { uuid } = row.transparency_entry;
  return {
    status: 'signed',
    signature_id,
    assessment_id: predicate.assessment_id,
    outer_signature: {
      signer: row.key_id,
      timestamp: predicate.timeVerified,
      signature: signature ?? '',
      sigstore_entry_id: uuid,
      transparency_log_url: `/v1/transparency/${uuid}`,
    },
    verification_proof: {
      inner_signatures_verified: true,
      artifact_locations_valid: looked.length === 0 ? null : looked.every(Boolean),
      chain_of_custody: 'maintained',
      both_locations_identical: looked.length < 2 ? null : alike && looked.every(Boolean),
    },
    bundle,
  };
}
