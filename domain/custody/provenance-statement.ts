import { BUNDLE, type BundleIndex, type ScanDocument } from '../../contracts/bundle.ts';
import { PREDICATE, type ProvenanceStatement, STATEMENT_TYPE } from '../../contracts/statements.ts';

export type ProvenanceFacts = {
  readonly index: BundleIndex;
  readonly bundleDigest: string;
  readonly scan: ScanDocument;
  readonly workflowId: string;
  readonly version: string;
};

/** What was scanned, with what, for whom; the subjects are the files as they finally are. */
export function provenanceStatement({
  index,
  bundleDigest,
  scan,
  workflowId,
  version,
}: ProvenanceFacts): ProvenanceStatement {
  return {
    _type: STATEMENT_TYPE,
    subject: [
      { name: BUNDLE.index, digest: { sha256: bundleDigest } },
      ...index.files.map(({ path, sha256 }) => ({ name: path, digest: { sha256 } })),
    ],
    predicateType: PREDICATE.provenance,
    predicate: {
      buildDefinition: {
        buildType: 'https://certus.dev/security-scan/v1',
        externalParameters: {
          component: scan.component_id,
          assessment: scan.assessment_id,
          profile: scan.profile,
          requested_by: scan.requested_by,
          source: scan.git_url ?? scan.directory_path,
        },
        internalParameters: { tenant: index.tenant, workspace: index.workspace_id, test_id: index.test_id },
        resolvedDependencies: [
          sourceMaterial(scan),
          { name: 'manifest', digest: { sha256: scan.manifest_digest } },
          ...scan.tools.map(({ tool, version: toolVersion }) => ({
            name: `tool/${tool}`,
            annotations: { version: toolVersion },
          })),
        ],
      },
      runDetails: {
        builder: { id: 'https://certus.dev/assurance', version: { certus: version } },
        metadata: { invocationId: workflowId, startedOn: scan.started_at, finishedOn: scan.completed_at },
      },
    },
  };
}

function sourceMaterial(scan: ScanDocument) {
  const content = { contentHash: scan.content_hash };
  if (scan.git_url !== null && scan.git_commit !== null) {
    return {
      name: 'source',
      uri: `git+${scan.git_url}`,
      digest: { gitCommit: scan.git_commit },
      annotations: content,
    };
  }
  return { name: 'source', digest: { sha256: scan.content_hash } };
}
