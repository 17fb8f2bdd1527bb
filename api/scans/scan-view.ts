import type { ScanAccepted, ScanStatus, Step } from '../../contracts/scan.ts';
import { workflowId } from '../../contracts/workflow-names.ts';
import { newScan } from '../../services/database/new-scan.ts';
import type { ScanRecord } from '../../services/database/scan-record.ts';
import type { AcceptedScan } from './accepted-scan.ts';

/** The same keys in every state. */
export function statusView(workspace: string, scan: ScanRecord, steps: readonly Step[]): ScanStatus {
  return {
    test_id: scan.testId,
    workspace_id: workspace,
    component_id: scan.component,
    assessment_id: scan.assessment,
    status: scan.status,
    verdict: scan.verdict,
    source_type: scan.source.type,
    git_url: scan.source.gitUrl,
    branch: scan.source.branch,
    commit: scan.commit,
    directory_path: scan.source.directoryPath,
    content_hash: scan.contentHash,
    requested_by: scan.requestedBy,
    profile: scan.profile,
    manifest_digest: scan.manifestDigest,
    created_at: scan.createdAt.toISOString(),
    started_at: scan.startedAt?.toISOString() ?? null,
    completed_at: scan.completedAt?.toISOString() ?? null,
    steps: [...steps],
    findings: scan.findings,
    violations: scan.violations,
    artifacts: scan.artifacts,
    bundle: scan.bundle,
    bundle_digest: scan.bundleDigest,
    upload_status: scan.uploadStatus,
    upload_permission_id: scan.permitId,
    denial_reason: scan.denialReason,
    golden_manifest: scan.goldenManifest,
    oci_reference: scan.ociReference,
    indexed: scan.indexed,
    warnings: scan.warnings,
    errors: scan.errors,
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
    manifest_digest: scan.manifestDigest,
    workflow_id: workflowId('scan', scan),
  };
}

/** A run that the engine knows and the database does not yet. */
export function queuedRecord(scan: AcceptedScan): ScanRecord {
  return {
    ...newScan(scan),
    status: 'QUEUED',
    verdict: null,
    startedAt: null,
    completedAt: null,
    commit: null,
    contentHash: null,
    findings: null,
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
