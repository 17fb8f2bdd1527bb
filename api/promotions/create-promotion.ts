import { randomBytes } from 'node:crypto';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import type { DocumentList, ReceivedDocument } from '../../contracts/documents.ts';
import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { documentListKey } from '../../contracts/object-keys.ts';
import type { PromotionInput, PromotionRequest } from '../../contracts/promotion.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import {
  findPromotion,
  openPromotion,
  type PromotionRecord,
} from '../../services/database/document-promotions.ts';
import type { Principal } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import { signOrder } from '../orders/give-order.ts';
import { findDocuments } from './find-documents.ts';
import { awaitPromotion, startPromotion } from './promotion-runs.ts';

type Deps = Pick<ApiDeps, 'database' | 'temporal' | 'trust' | 'objects'>;
export type CreatedPromotion = { readonly record: PromotionRecord; readonly replayed: boolean };

/**
 * Has documents promoted, once. What was asked for goes into a list, the list's digest into a signed order, and the order into
 * a run: starting it is the commit point, and its first step writes the row that is missing if we do not come to.
 */
export async function createPromotion(
  deps: Deps,
  principal: Principal,
  request: PromotionRequest,
  idempotencyKey: string | undefined,
): Promise<CreatedPromotion> {
  const scope: Scope = { tenant: principal.tenant, workspace: request.workspace_id };
  const testId = idempotencyKey === undefined ? randomId() : keyedId(scope, idempotencyKey);
  if (idempotencyKey !== undefined) await claim(deps, scope, testId, request);
  const before = await findPromotion(deps.database, scope, testId);
  if (before !== undefined) return { record: before, replayed: true };
  const documents = await findDocuments(deps, scope, request);
  const input = await ordered(deps, principal, { scope, testId, request, documents });
  const started = await startPromotion(deps.temporal, input);
  // of two requests with one key the run has the order of one: its own row says which
  if (started) await record(deps, input, documents);
  await awaitPromotion(deps.temporal, input);
  const row = await findPromotion(deps.database, scope, testId);
  if (row === undefined) throw new CertusError('dependency_unavailable', 'the promotion has not begun yet');
  return { record: row, replayed: !started };
}

const randomId = (): string => `docs_${randomBytes(12).toString('hex')}`;

/** The key belongs to its tenant and workspace: nobody can guess their way to another's promotion with it. */
const keyedId = (scope: Scope, key: string): string =>
  `docs_${sha256(canonicalJson([scope.tenant, scope.workspace, 'promotion', key])).slice(0, 24)}`;

/** Under one key the same is asked for, also where a prefix names more documents by now. */
async function claim(
  { objects }: Deps,
  scope: Scope,
  testId: string,
  request: PromotionRequest,
): Promise<void> {
  const uploads = await objects.uploads();
  const bytes = Buffer.from(canonicalJson(request));
  const digest = sha256(bytes);
  const { info } = await uploads.put(documentListKey(scope, `asked-${testId}`), bytes, {
    contentType: 'application/json',
    sha256: digest,
    ifAbsent: true,
  });
  if (info.sha256 !== digest)
    throw new CertusError('idempotency_conflict', 'this Idempotency-Key was used for another request');
}

/** So that the bundle, its signature and the permit stay small enough for whoever verifies them. */
const MAX_LIST = 6 * 1024 * 1024;

type Asked = {
  readonly scope: Scope;
  readonly testId: string;
  readonly request: PromotionRequest;
  readonly documents: ReceivedDocument[];
};

async function ordered(
  deps: Deps,
  principal: Principal,
  { scope, testId, request, documents }: Asked,
): Promise<PromotionInput> {
  const { component_id: component, assessment_id: assessment, destinations } = request;
  const list: DocumentList = {
    schema: 'https://certus.dev/document-list/v1',
    tenant: scope.tenant,
    workspace_id: scope.workspace,
    component_id: component,
    assessment_id: assessment,
    test_id: testId,
    documents,
  };
  const bytes = Buffer.from(canonicalJson(list));
  if (bytes.length > MAX_LIST)
    throw new CertusError(
      'payload_too_large',
      'the list of these documents is too long: promote fewer at once',
    );
  const digest = sha256(bytes);
  const uploads = await deps.objects.uploads();
  const options = { contentType: 'application/json', sha256: digest, ifAbsent: true };
  await uploads.put(documentListKey(scope, digest), bytes, options);
  const { id } = await signOrder(deps, principal, {
    kind: 'promote_documents',
    workspace: scope.workspace,
    component,
    assessment,
    test_id: testId,
    list: digest,
    documents: documents.length,
    destinations,
  });
  return {
    scope,
    component,
    assessment,
    testId,
    orderId: id,
    destinations,
    requestedBy: principal.subject,
  };
}

async function record({ database }: Deps, input: PromotionInput, documents: readonly ReceivedDocument[]) {
  const { scope, testId, component, orderId, requestedBy } = input;
  await openPromotion(database, scope, {
    testId,
    kind: 'documents',
    component,
    orderId,
    requestedBy,
    documents: documents.length,
    bytes: documents.reduce((sum, { size }) => sum + size, 0),
    createdAt: new Date(),
  });
}
