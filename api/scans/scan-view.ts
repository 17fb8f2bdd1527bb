import type { ScanAccepted, ScanStatus, Step } from '../../contracts/scan.ts';
import { sourceText } from '../../contracts/source-text.ts';
import { workflowId } from '../../contracts/workflow-names.ts';
import type { PermitTerms } from '../../services/database/permits.ts';
import type { ScanRecord } from '../../services/database/scan-record.ts';
import type { AcceptedScan } from './accepted-scan.ts';

/** The same keys in every state. */
export function statusView(
  workspace: string,
  scan: ScanRecord,
  { steps = [], permit = null }: { steps?: readonly Step[]; permit?: PermitTerms | null | undefined } = {},
): ScanStatus {
  return {
    test_id: scan.testId,
    workspace_id: workspace,
    component_id: scan.component,
    assessment_id: scan.assessment,
    status: scan.status,
    verdict: scan.verdict,
    source_type: scan.source.type,
    source: sourceText(scan.source),
    ...revision(scan),
    content_hash: scan.contentHash,
    origin_digest: scan.originDigest,
    requested_by: scan.requestedBy,
    profile: scan.profile,
    manifest_digest: scan.manifestDigest,
    created_at: scan.createdAt.toISOString(),
    started_at: scan.startedAt?.toISOString() ?? null,
    completed_at: scan.completedAt?.toISOString() ?? null,
    steps: [...steps],
    tools: scan.tools,
    findings: scan.findings,
    baseline_test_id: scan.baseline,
    changes: scan.changes,
    violations: scan.violations,
    artifacts: scan.artifacts,
    bundle: scan.bundle,
    bundle_digest: scan.bundleDigest,
    upload_status: scan.uploadStatus,
    upload_permission_id: scan.permitId,
    denial_reason: scan.denialReason,
    permit,
    golden_manifest: scan.goldenManifest,
    oci_reference: scan.ociReference,
    indexed: scan.indexed,
    warnings: scan.warnings,
    errors: scan.errors,
    stream_url: streamUrl(workspace, scan.testId),
    workflow_id: scan.workflowId,
  };
}

/** Always the answer of the first moment, so that a repeated request gets the same one. */
export function acceptedView(scan: AcceptedScan): ScanAccepted {
  return {
    test_id: scan.testId,
    workspace_id: scan.scope.workspace,
    component_id: scan.component,
    assessment_id: scan.assessment,
    status: 'QUEUED',
    profile: scan.profile,
    manifest_digest: scan.manifest.type === 'inline' ? scan.manifest.digest : null,
    stream_url: streamUrl(scan.scope.workspace, scan.testId),
    workflow_id: workflowId('scan', scan),
  };
}

/** What a run looked at, in the fields that each kind of source has. */
function revision({ source, commit }: ScanRecord) {
  const git = source.type === 'git' ? source : undefined;
  return {
    git_url: git?.url ?? null,
    branch: git?.branch ?? null,
    tag: git?.tag ?? null,
    commit,
    directory_path: source.type === 'directory' ? source.path : null,
  };
}

const streamUrl = (workspace: string, testId: string): string =>
  `/v1/security-scans/${testId}/stream?workspace_id=${workspace}`;

/** A run that the engine knows and the database does not yet. */
export function queuedRecord(scan: AcceptedScan): ScanRecord {
  return {
    testId: scan.testId,
    component: scan.component,
    assessment: scan.assessment,
    source: scan.source,
    requestedBy: scan.requestedBy,
    profile: scan.profile,
    manifestDigest: scan.manifest.type === 'inline' ? scan.manifest.digest : null,
    request: null,
    workflowId: workflowId('scan', scan),
    createdAt: new Date(scan.requestedAt),
    status: 'QUEUED',
    verdict: null,
    startedAt: null,
    completedAt: null,
    commit: null,
    contentHash: null,
    originDigest: null,
    tools: [],
    findings: null,
    baseline: null,
    changes: null,
    violations: [],
    artifacts: {},
    bundle: null,
    bundleDigest: null,
    uploadStatus: 'pending',
    permitId: null,
    denialReason: null,
    goldenManifest: null,
    ociReference: null,
    indexed: null,
    warnings: [],
    errors: [],
  };
}
