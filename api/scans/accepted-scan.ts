import { createHash, randomBytes } from 'node:crypto';
import { BUILT_IN_MANIFEST } from '../../contracts/built-in-manifest.ts';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import { CertusError } from '../../contracts/errors.ts';
import { findProfile } from '../../contracts/find-profile.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { Manifest } from '../../contracts/manifest.ts';
import type { ScanCreateRequest } from '../../contracts/scan.ts';
import type { Source } from '../../contracts/workflows.ts';
import { ScanInput } from '../../contracts/workflows.ts';
import type { Principal } from '../authentication.ts';

/** What was accepted, without the manifest's text: small enough to lie beside the workflow as its memo. */
export const AcceptedScan = ScanInput.omit({ manifest: true });
export type AcceptedScan = Omit<ScanInput, 'manifest'>;

export function scanInput(
  principal: Principal,
  request: ScanCreateRequest,
  source: Source,
  idempotencyKey: string | undefined,
  now: Date,
): ScanInput {
  const scope = { tenant: principal.tenant, workspace: request.workspace_id };
  const manifest = request.manifest ?? BUILT_IN_MANIFEST;
  requireProfile(manifest, request.profile);
  return {
    scope,
    component: request.component_id,
    assessment: request.assessment_id,
    testId: idempotencyKey === undefined ? randomTestId() : keyedTestId(scope, idempotencyKey),
    source,
    profile: request.profile,
    manifest,
    manifestDigest: sha256(canonicalJson(manifest)),
    requestedBy: request.requested_by ?? null,
    requestedAt: now.toISOString(),
  };
}

/** Two requests are the same when this is: everything that was asked, and not when. */
export function requestDigest(scan: AcceptedScan): string {
  const { scope, component, assessment, source, profile, manifestDigest, requestedBy } = scan;
  return sha256(
    canonicalJson({ scope, component, assessment, source, profile, manifestDigest, requestedBy }),
  );
}

/** The key belongs to its tenant and workspace: nobody can guess their way to another's scan with it. */
function keyedTestId(scope: Scope, key: string): string {
  return `test_${sha256(canonicalJson([scope.tenant, scope.workspace, key])).slice(0, 24)}`;
}

function randomTestId(): string {
  return `test_${randomBytes(12).toString('hex')}`;
}

function requireProfile(manifest: Manifest, profile: string): void {
  if (findProfile(manifest, profile) !== undefined) return;
  const available = manifest.profiles.map(({ name }) => name).join(', ');
  const message = `the manifest has no profile of this name; it has: ${available}`;
  throw new CertusError('unknown_profile', message, { fields: [{ path: 'profile', message }] });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
