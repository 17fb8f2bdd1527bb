// needs: postgres, temporal
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { BUNDLE } from '../../../contracts/bundle.ts';
import { canonicalJson } from '../../../contracts/canonical-json.ts';
import type { ReceivedDocument } from '../../../contracts/documents.ts';
import { documentKey, documentListKey, goldenPrefix } from '../../../contracts/object-keys.ts';
import type { TrustAction } from '../../../contracts/orders.ts';
import type { PromotionInput } from '../../../contracts/promotion.ts';
import { promotionWorkflowId, reviewWorkflowId, WORKFLOWS } from '../../../contracts/workflow-names.ts';
import { taskQueue, ZONES } from '../../../contracts/zones.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { orderStatement } from '../../../domain/custody/order-statement.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import { findPromotion } from '../../../services/database/document-promotions.ts';
import { recordOrder } from '../../../services/database/orders.ts';
import { allPromotionItems } from '../../../services/database/promotion-items.ts';
import { recordReceived } from '../../../services/database/received-documents.ts';
import { openFileSigner } from '../../../services/keys/file-signer.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import type { Bucket } from '../../../services/objects/store.ts';
import { type Installation, install, keysBelow } from '../installation.ts';

let place: Installation;
let uploads: Bucket;

beforeAll(async () => {
  place = await install('embedded');
  uploads = await openDirectoryStore(place.common.CERTUS_OBJECTS).bucket('uploads');
  await place.workers.start(...ZONES);
}, 120_000);
afterAll(() => place?.close());

async function bring(name: string, text: string | Uint8Array): Promise<ReceivedDocument> {
  const bytes = Buffer.from(text);
  const document = { name, sha256: sha256(bytes), size: bytes.length, media_type: 'text/plain' };
  await uploads.put(documentKey(place.scope, name), bytes, { contentType: 'text/plain', ifAbsent: true });
  const receivedAt = new Date();
  await recordReceived(place.database, place.scope, { ...document, receivedBy: 'bob', receivedAt });
  return document;
}

/** As the API gives one: signed with the operator key, which no worker holds. */
async function give(id: string, action: TrustAction): Promise<void> {
  const givenAt = new Date();
  const statement = await sealStatement(
    orderStatement({
      id,
      tenant: place.scope.tenant,
      by: 'ada',
      given_at: givenAt.toISOString(),
      expires_at: new Date(givenAt.getTime() + 3_600_000).toISOString(),
      action,
    }),
    await openFileSigner(place.keys.operatorKeyFile),
  );
  const order = { tenant: place.scope.tenant, id, kind: action.kind, statement, givenBy: 'ada', givenAt };
  await recordOrder(place.database, order);
}

const hex = (digits: string, length: number) => sha256(`${digits}${place.scope.workspace}`).slice(0, length);

async function ordered(documents: ReceivedDocument[], nth: string): Promise<PromotionInput> {
  const { scope } = place;
  const input: PromotionInput = {
    scope,
    component: 'papers',
    assessment: 'documents',
    testId: `docs_${hex(nth, 24)}`,
    orderId: `order_${hex(`order${nth}`, 32)}`,
    destinations: ['golden', 'oci'],
    requestedBy: 'ada',
  };
  const { component, assessment, testId: test_id, destinations } = input;
  const list = canonicalJson({
    schema: 'https://certus.dev/document-list/v1',
    tenant: scope.tenant,
    workspace_id: scope.workspace,
    component_id: component,
    assessment_id: assessment,
    test_id,
    documents,
  });
  const key = documentListKey(scope, sha256(list));
  await uploads.put(key, Buffer.from(list), { contentType: 'application/json' });
  const about = { workspace: scope.workspace, component, assessment, test_id, destinations };
  const counted = { list: sha256(list), documents: documents.length };
  await give(input.orderId, { kind: 'promote_documents', ...about, ...counted });
  return input;
}

const start = (input: PromotionInput) =>
  place.client.workflow.start(WORKFLOWS.promotion, {
    workflowId: promotionWorkflowId(input.scope.workspace, input.testId),
    taskQueue: taskQueue('transform'),
    args: [input],
  });

const CARD = ['4539', '5787', '6362', '1486'].join(' ');
const RTF = String.raw`{\rtf1\ansi Her card is ${CARD}, and that is all.}`;

/** A page of one line, small enough to be written by hand. */
function pdf(line: string): Buffer {
  const stream = `BT /F1 12 Tf 72 720 Td (${line}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let text = '%PDF-1.4\n';
  const offsets = objects.map((object, at) => {
    const offset = text.length;
    text += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return String(offset).padStart(10, '0');
  });
  const start = text.length;
  const entries = offsets.map((offset) => `${offset} 00000 n \n`).join('');
  text += `xref\n0 6\n0000000000 65535 f \n${entries}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}

test('of a folder the clean document comes to golden, and people are asked about the others', async () => {
  const documents = [
    await bring('folder/clean.md', '# Minutes\n\nNothing in here is about anybody.\n'),
    await bring('folder/list.md', `# Customers\n\nWrite to jane.roe@mailbox.org, card ${CARD}.\n`),
    await bring('folder/note.rtf', RTF),
    await bring('folder/page.pdf', pdf(`Card ${CARD}`)),
  ];
  const input = await ordered(documents, 'first');
  const run = await start(input);
  expect(await run.result()).toEqual({ state: 'promoted' });
  const items = await allPromotionItems(place.database, place.scope, input.testId);
  expect(items.map(({ name, outcome }) => [name, outcome])).toEqual([
    ['folder/clean.md', 'clean'],
    ['folder/list.md', 'withheld'],
    ['folder/note.rtf', 'withheld'],
    ['folder/page.pdf', 'withheld'],
  ]);
  const prefix = goldenPrefix(place.scope, input.testId);
  const below = (await keysBelow(place.golden, prefix)).map((key) => key.slice(prefix.length));
  expect(below.filter((path) => path.startsWith('documents/'))).toEqual(['documents/folder/clean.md']);
  expect(below).toContain(BUNDLE.sanitize);
  for (const { reviewId } of items.slice(1)) {
    const review = place.client.workflow.getHandle(reviewWorkflowId(place.scope.workspace, reviewId ?? ''));
    expect((await review.describe()).status.name).toBe('RUNNING');
    await review.terminate('the test is over');
  }
  const row = await findPromotion(place.database, place.scope, input.testId);
  expect(row).toMatchObject({ state: 'promoted', clean: 1, withheld: 3, error: null });
  expect(row?.logIndex).toEqual(expect.any(Number));
  expect(row?.ociReference).toEqual(expect.any(String));
  const history = textOf(await run.fetchHistory());
  expect(history).toContain(input.testId);
  expect(history).not.toMatch(/jane\.roe|4539/);
  expect(place.workers.said()).not.toMatch(/jane\.roe|4539/);
}, 120_000);

/** What stands in a history, with everything that was handed from step to step as text. */
const textOf = (history: unknown): string =>
  JSON.stringify(history, function (this: Record<string, unknown>, key, value) {
    const own = this[key];
    return own instanceof Uint8Array ? Buffer.from(own).toString() : value;
  });

test('what was promoted verifies offline with the command line', async () => {
  const document = await bring('alone.md', 'Nothing in here either.\n');
  const input = await ordered([document], 'second');
  await (await start(input)).result();
  const folder = await place.download({ testId: input.testId } as never);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [resolve('cli/certus.mjs'), 'verify', folder, '--keys', place.keys.keySetFile],
    { encoding: 'utf8', env: { PATH: process.env.PATH, CERTUS_HOME: place.home } },
  );
  const told = expect.stringContaining('verified through promotion');
  expect({ status, stdout, stderr }).toMatchObject({ status: 0, stdout: told });
}, 120_000);

test('a worker that is killed while it places documents goes on where it was', async () => {
  const documents: ReceivedDocument[] = [];
  for (let nth = 0; nth < 300; nth++)
    documents.push(await bring(`many/${String(nth).padStart(4, '0')}.md`, `Page ${nth}\n`));
  const input = await ordered(documents, 'third');
  const run = await start(input);
  const prefix = `${goldenPrefix(place.scope, input.testId)}documents/`;
  while ((await keysBelow(place.golden, prefix)).length < 5) await run.describe();
  await place.workers.kill('transform');
  await place.workers.start('transform');
  expect(await run.result()).toEqual({ state: 'promoted' });
  expect(await keysBelow(place.golden, prefix)).toHaveLength(300);
}, 180_000);
