import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { composeDocuments } from '../../../activities/documents/compose-documents.ts';
import type { DocumentsDeps } from '../../../activities/documents/deps.ts';
import { finishPromotion } from '../../../activities/documents/finish-promotion.ts';
import { placeDocuments } from '../../../activities/documents/place-documents.ts';
import type { PublishDeps } from '../../../activities/publish/deps.ts';
import { decidePermit } from '../../../activities/trust/permit/decide-permit.ts';
import { canonicalJson } from '../../../contracts/canonical-json.ts';
import type { DocumentList, ReceivedDocument } from '../../../contracts/documents.ts';
import { documentKey, documentListKey } from '../../../contracts/object-keys.ts';
import type { PromotionInput } from '../../../contracts/promotion.ts';
import type { PublishInput } from '../../../contracts/workflows.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import type { Database } from '../../../services/database/database.ts';
import { recordReceived } from '../../../services/database/received-documents.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import type { Bucket, ObjectStore } from '../../../services/objects/store.ts';
import type { Inspected, Inspector } from '../../../services/privacy/inspector.ts';
import { openLayoutRegistry } from '../../../services/registry/layout-registry.ts';
import { KEYS } from '../../unit/domain/custody-fixture.ts';
import { newTrust, order } from '../permit/trust-fixture.ts';

export const wanted = new AbortController().signal;
const hex = (bytes = 12) => randomBytes(bytes).toString('hex');

export type Zones = Awaited<ReturnType<typeof openZones>>;

/** Every zone with its own hands, over one folder and one database, and an inspector that says what the text asks for. */
export async function openZones(
  folder: string,
  database: Database,
  changes: { readonly store?: ObjectStore; readonly inspector?: Inspector } = {},
) {
  const store = changes.store ?? openDirectoryStore(join(folder, 'objects'));
  const [raw, uploads, golden, quarantine] = (await Promise.all(
    ['raw', 'uploads', 'golden', 'quarantine'].map((name) => store.bucket(name)),
  )) as [Bucket, Bucket, Bucket, Bucket];
  const trust = newTrust(database, raw);
  const { keySet, now } = trust.deps;
  const assurance: DocumentsDeps = {
    database,
    raw,
    uploads,
    keySet,
    evidenceSigner: async () => ({
      ...KEYS.evidence.signer,
      publicKeyPem: KEYS.evidence.trusted.public_key_pem,
    }),
    version: '1.0.0',
    now,
  };
  const looked: string[] = [];
  const transform: PublishDeps = {
    database,
    raw,
    uploads,
    golden,
    quarantine,
    inspector: changes.inspector ?? sayingInspector(looked),
    registry: openLayoutRegistry(join(folder, 'oci')),
    registryNamespace: 'certus',
    promotionSigner: { ...KEYS.promotion.signer, publicKeyPem: KEYS.promotion.trusted.public_key_pem },
    keySet,
    lockUntil: async () => undefined,
    now,
  };
  const scope = { tenant: 'acme', workspace: `w-${hex(8)}` };
  return { database, raw, uploads, golden, quarantine, trust, assurance, transform, scope, looked };
}

/** Masks what says MASK, holds back what says HOLD, and lets everything else pass. */
function sayingInspector(looked: string[]): Inspector {
  return {
    rules: 'test/1',
    inspect: async ({ name, body }, { mask }): Promise<Inspected> => {
      looked.push(name);
      const text = Buffer.from(
        typeof body === 'function' ? Buffer.concat(await (await body()).toArray()) : body,
      ).toString();
      const found = /MASK|HOLD/.exec(text)?.[0];
      const action = found === 'MASK' ? 'mask' : found === 'HOLD' ? 'quarantine' : 'pass';
      const kinds = found === undefined ? [] : [{ type: 'EMAIL_ADDRESS', count: 1 }];
      const inspection: Inspected['inspection'] = {
        format: 'text',
        media_type: 'text/plain',
        kinds,
        places: [],
        opaque: [],
        action,
      };
      const masks = mask === 'all' ? found !== undefined : found === 'MASK';
      if (!masks) return { inspection };
      const bytes = Buffer.from(text.replace(/MASK|HOLD/g, '<EMAIL_ADDRESS>'));
      return { inspection, masked: { bytes, mediaType: 'text/plain', suffix: '' } };
    },
    close: async () => undefined,
  };
}

export async function bring(
  { database, uploads, scope }: Zones,
  name: string,
  text: string | Uint8Array,
): Promise<ReceivedDocument> {
  const bytes = Buffer.from(text);
  const document = { name, sha256: sha256(bytes), size: bytes.length, media_type: 'text/markdown' };
  await uploads.put(documentKey(scope, name), bytes, { contentType: document.media_type, ifAbsent: true });
  await recordReceived(database, scope, {
    ...document,
    receivedBy: 'bob',
    receivedAt: new Date('2026-06-01T11:00:00.000Z'),
  });
  return document;
}

/** A signed order about a list, as the API gives it. */
export async function orderPromotion(
  { database, uploads, scope }: Zones,
  documents: readonly ReceivedDocument[],
  changes: { list?: Partial<DocumentList>; key?: typeof KEYS.evidence } = {},
): Promise<PromotionInput> {
  const testId = `docs_${hex()}`;
  const list = {
    schema: 'https://certus.dev/document-list/v1',
    tenant: scope.tenant,
    workspace_id: scope.workspace,
    component_id: 'papers',
    assessment_id: 'documents',
    test_id: testId,
    documents,
    ...changes.list,
  };
  const bytes = Buffer.from(canonicalJson(list));
  await uploads.put(documentListKey(scope, sha256(bytes)), bytes, { contentType: 'application/json' });
  const { order: given } = await order(
    database,
    {
      kind: 'promote_documents',
      workspace: scope.workspace,
      component: 'papers',
      assessment: 'documents',
      test_id: testId,
      list: sha256(bytes),
      documents: documents.length,
      destinations: ['golden', 'oci'],
    },
    changes.key === undefined ? {} : { key: changes.key },
  );
  return {
    scope,
    component: 'papers',
    assessment: 'documents',
    testId,
    orderId: given.id,
    destinations: ['golden', 'oci'],
    requestedBy: 'ada',
  };
}

/** List, signature and permit, for what is then placed. */
export async function permitted(zones: Zones, input: PromotionInput): Promise<PublishInput> {
  const { scope, component, assessment, testId } = input;
  const run = { scope, component, assessment, testId };
  const { bundle } = await composeDocuments(zones.assurance, input);
  const { permitId, permitted: yes, reason } = await decidePermit(zones.trust.deps, run, bundle);
  if (!yes) throw new Error(`not permitted: ${reason}`);
  return { ...run, bundle, permitId };
}

export const publicationOf = ({ testId }: { readonly testId: string }) => `promotion/w/${testId}`;

/** As the workflow does: asks which policy holds, and has the first page placed under it. */
export async function place(
  zones: Zones,
  input: PromotionInput,
  run: PublishInput,
  policy: string | null = null,
) {
  const page = { ...run, orderId: input.orderId, ...(input.release && { release: input.release }), from: 0 };
  const by = publicationOf(run);
  const asked = policy ?? (await placeDocuments(zones.transform, { ...page, policy }, wanted, by)).policy;
  return placeDocuments(zones.transform, { ...page, policy: asked }, wanted, by);
}

export const finish = (zones: Zones, input: PromotionInput, run: PublishInput, policy: string) =>
  finishPromotion(zones.transform, { ...run, ...input, policy }, wanted, publicationOf(run));
