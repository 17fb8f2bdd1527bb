import { BUNDLE, type BundleFile } from '../../contracts/bundle.ts';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import { DOCUMENTS, type ReceivedDocument } from '../../contracts/documents.ts';
import { type BroughtDocument, INTAKE_TYPE, Intake } from '../../contracts/intake.ts';
import type { Order } from '../../contracts/orders.ts';
import type { RunIdentity } from '../../contracts/workflows.ts';
import { bundleIndex, type SealedIndex } from '../bundle/bundle-index.ts';
import { sha256 } from '../custody/digest.ts';

export type IntakeFacts = {
  readonly run: RunIdentity;
  readonly order: Order;
  readonly list: string | null;
  readonly release: Intake['release'];
  readonly documents: readonly ReceivedDocument[];
  /** Who brought a document, and when, by its name. */
  readonly brought: ReadonlyMap<string, Pick<BroughtDocument, 'received_by' | 'received_at'>>;
};

/** What is known of documents besides their bytes; the same facts give the same bytes. */
export function intakeDocument({ run, order, list, release, documents, brought }: IntakeFacts): Intake {
  return Intake.parse({
    schema: INTAKE_TYPE,
    tenant: run.scope.tenant,
    workspace_id: run.scope.workspace,
    component_id: run.component,
    assessment_id: run.assessment,
    test_id: run.testId,
    order: { id: order.id, by: order.by, given_at: order.given_at },
    list,
    release,
    documents: documents.map((document) => ({
      ...document,
      ...(brought.get(document.name) ?? { received_by: null, received_at: null }),
    })),
  });
}

export const intakeBytes = (intake: Intake): Uint8Array => Buffer.from(`${canonicalJson(intake)}\n`);

/** The bundle of documents: the document about them, and each of them as it was received. */
export function intakeIndex(run: RunIdentity, intake: Intake, bytes: Uint8Array): SealedIndex {
  return bundleIndex(run, [
    { path: BUNDLE.intake, sha256: sha256(bytes), size: bytes.length, media_type: 'application/json' },
    ...intake.documents.map(
      ({ name, sha256: digest, size, media_type }): BundleFile => ({
        path: `${DOCUMENTS}${name}`,
        sha256: digest,
        size,
        media_type,
      }),
    ),
  ]);
}
