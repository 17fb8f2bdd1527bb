import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { BUILT_IN_MANIFEST } from '../../contracts/built-in-manifest.ts';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import { CertusError } from '../../contracts/errors.ts';
import { findProfile } from '../../contracts/find-profile.ts';
import { type Scope, Sha256 } from '../../contracts/identifiers.ts';
import type { Manifest } from '../../contracts/manifest.ts';
import type { ScanCreateRequest } from '../../contracts/scan.ts';
import { ManifestSource, ScanInput, type Source } from '../../contracts/workflows.ts';
import type { Principal } from '../authentication.ts';

const [, RepositoryManifest, UriManifest] = ManifestSource.options;
/** An inline manifest goes by its digest. */
const ManifestName = z.discriminatedUnion('type', [
  z.object({ type: z.literal('inline'), digest: Sha256 }),
  RepositoryManifest,
  UriManifest,
]);

/** What was accepted, without the manifest's text: small enough to lie beside the workflow as its memo. */
export const AcceptedScan = ScanInput.omit({ manifest: true }).extend({ manifest: ManifestName });
export type AcceptedScan = z.infer<typeof AcceptedScan>;

export function scanInput(
  principal: Principal,
  request: ScanCreateRequest,
  source: Source,
  idempotencyKey: string | undefined,
  now: Date,
): ScanInput {
  const scope = { tenant: principal.tenant, workspace: request.workspace_id };
  const manifest = manifestSource(request);
  if (manifest.type === 'inline') requireProfile(manifest.manifest, request.profile);
  return {
    scope,
    component: request.component_id,
    assessment: request.assessment_id,
    testId: idempotencyKey === undefined ? randomTestId() : keyedTestId(scope, idempotencyKey),
    source,
    profile: request.profile,
    manifest,
    requestedBy: request.requested_by ?? null,
    requestedAt: now.toISOString(),
    publish: request.publish,
  };
}

export type Report = Pick<ScanInput, 'scope' | 'component' | 'profile' | 'source'>;

/** The run of a report that was brought along: named by what it is about, so that bringing it twice starts nothing twice. */
export function scanOfReport(principal: Principal, report: Report, attempt: number): ScanInput {
  const manifest = BUILT_IN_MANIFEST;
  requireProfile(manifest, report.profile);
  const named = sha256(canonicalJson({ ...report, subject: principal.subject, attempt }));
  return {
    ...report,
    assessment: 'default',
    testId: `test_${asUuid(named)}`,
    manifest: { type: 'inline', manifest, digest: sha256(canonicalJson(manifest)) },
    requestedBy: principal.subject,
    requestedAt: new Date().toISOString(),
    publish: true,
  };
}

/** 32 digits that also read as a UUID of version 8, since that is what clients of code hosts expect of an id. */
const asUuid = (digest: string): string =>
  `${digest.slice(0, 12)}8${digest.slice(13, 16)}8${digest.slice(17, 32)}`;

export const acceptedScan = ({ manifest, ...input }: ScanInput): AcceptedScan => ({
  ...input,
  manifest: manifest.type === 'inline' ? { type: 'inline', digest: manifest.digest } : manifest,
});

/** Two requests are the same when this is: everything that was asked, and not when. */
export function requestDigest({ testId: _testId, requestedAt: _at, ...asked }: AcceptedScan): string {
  return sha256(canonicalJson(asked));
}

function manifestSource(request: ScanCreateRequest): ManifestSource {
  if (request.manifest_path !== undefined) return { type: 'repository', path: request.manifest_path };
  if (request.manifest_uri !== undefined)
    return {
      type: 'uri',
      uri: request.manifest_uri,
      signatureUri: request.manifest_signature_uri ?? null,
    };
  const manifest = request.manifest ?? BUILT_IN_MANIFEST;
  return { type: 'inline', manifest, digest: sha256(canonicalJson(manifest)) };
}

/** The key belongs to its tenant and workspace: nobody can guess their way to another's scan with it. */
function keyedTestId(scope: Scope, key: string): string {
  return `test_${sha256(canonicalJson([scope.tenant, scope.workspace, key])).slice(0, 24)}`;
}

export function randomTestId(): string {
  return `test_${randomBytes(12).toString('hex')}`;
}

function requireProfile(manifest: Manifest, profile: string): void {
  if (findProfile(manifest, profile) !== undefined) return;
  const available = manifest.profiles.map(({ name }) => name).join(', ');
  const message = `the manifest has no profile ${JSON.stringify(profile)}; it has: ${available}`;
  throw new CertusError('unknown_profile', message, { fields: [{ path: 'profile', message }] });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
