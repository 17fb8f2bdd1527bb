import { BUNDLE } from '../../contracts/bundle.ts';
import { INTAKE_TYPE, type Intake } from '../../contracts/intake.ts';
import { PREDICATE, type ProvenanceStatement, STATEMENT_TYPE } from '../../contracts/statements.ts';
import type { SealedIndex } from '../bundle/bundle-index.ts';

export type IntakeProvenanceFacts = {
  readonly sealed: SealedIndex;
  readonly intake: Intake;
  readonly workflowId: string;
  readonly version: string;
  readonly finishedOn: string;
};

/** Whose word it is that these documents, and no others, were brought to be promoted. */
export function intakeProvenance(facts: IntakeProvenanceFacts): ProvenanceStatement {
  const { sealed, intake, workflowId, version, finishedOn } = facts;
  const { index, digest } = sealed;
  const { order, list, release } = intake;
  return {
    _type: STATEMENT_TYPE,
    subject: [
      { name: BUNDLE.index, digest: { sha256: digest } },
      ...index.files.map(({ path, sha256 }) => ({ name: path, digest: { sha256 } })),
    ],
    predicateType: PREDICATE.provenance,
    predicate: {
      buildDefinition: {
        buildType: INTAKE_TYPE,
        externalParameters: {
          component: index.component_id,
          assessment: index.assessment_id,
          requested_by: order.by,
          order: order.id,
          documents: intake.documents.length,
          ...(release === null ? {} : { review: release.review_id, verdict: release.verdict }),
        },
        internalParameters: { tenant: index.tenant, workspace: index.workspace_id, test_id: index.test_id },
        resolvedDependencies: list === null ? [] : [{ name: 'list', digest: { sha256: list } }],
      },
      runDetails: {
        builder: { id: 'https://certus.dev/assurance', version: { certus: version } },
        metadata: { invocationId: workflowId, startedOn: earlier(order.given_at, finishedOn), finishedOn },
      },
    },
  };
}

/** Orders are dated by another machine's clock. */
const earlier = (a: string, b: string): string => (Date.parse(a) <= Date.parse(b) ? a : b);
