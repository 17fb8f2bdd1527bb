import { BUNDLE, type BundleIndex, type ScanDocument } from '../../contracts/bundle.ts';
import {
  BUILD_TYPES,
  PREDICATE,
  type ProvenanceStatement,
  STATEMENT_TYPE,
} from '../../contracts/statements.ts';

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
        buildType: BUILD_TYPES[scan.source_type === 'sarif' ? 1 : 0],
        // not who asked for it: that is free text, signed before anybody looks for personal data, and published whole
        externalParameters: {
          component: scan.component_id,
          assessment: scan.assessment_id,
          profile: scan.profile,
          source_type: scan.source_type,
          source: scan.source,
          branch: scan.branch,
          tag: scan.tag,
          gate: { verdict: scan.verdict, manifest_signed_by: scan.manifest_signed_by },
        },
        internalParameters: { tenant: index.tenant, workspace: index.workspace_id, test_id: index.test_id },
        resolvedDependencies: [
          sourceMaterial(scan),
          { name: 'manifest', digest: { sha256: scan.manifest_digest } },
          ...scan.tools.filter(({ outcome }) => outcome === 'completed').map(toolMaterial),
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
  const annotations = {
    contentHash: scan.content_hash,
    ...(scan.origin_digest === null ? {} : { originDigest: scan.origin_digest }),
  };
  if (scan.git_url !== null && scan.git_commit !== null) {
    return {
      name: 'source',
      uri: `git+${scan.git_url}`,
      digest: { gitCommit: scan.git_commit },
      annotations,
    };
  }
  return { name: 'source', digest: { sha256: scan.content_hash }, annotations };
}

/** Only what has looked shaped the result; what else was asked for stands in scan.json with its reason. */
function toolMaterial({ tool, version, data }: ScanDocument['tools'][number]) {
  return {
    name: `tool/${tool}`,
    annotations: { version, ...(data === null ? {} : { data: data.name, dataUpdatedAt: data.updated_at }) },
  };
}
