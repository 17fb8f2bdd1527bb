import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { CopyObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import pMap from 'p-map';
import { placeDocuments } from '../../activities/documents/place-documents.ts';
import { setPrivacyPolicy } from '../../activities/trust/permit/set-privacy-policy.ts';
import { MAX_DOCUMENTS, type ReceivedDocument } from '../../contracts/documents.ts';
import { documentKey } from '../../contracts/object-keys.ts';
import { PrivacyPolicy } from '../../contracts/privacy.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { openDatabase } from '../../services/database/database.ts';
import { recordReceived } from '../../services/database/received-documents.ts';
import { openObjectStore } from '../../services/objects/open-objects.ts';
import { openInspector } from '../../services/privacy/open-inspector.ts';
import { order } from '../../test/integration/permit/trust-fixture.ts';
import {
  finish,
  openZones,
  orderPromotion,
  permitted,
  publicationOf,
  type Zones,
} from '../../test/integration/transform/promotion-fixture.ts';

export type Documents = { readonly workspace: string; readonly documents: ReceivedDocument[] };

/** What the process is asked to do; it answers with milliseconds. */
export type Asked =
  | { readonly do: 'prepare'; readonly objects: number; readonly bytes: number }
  | ({ readonly do: 'warmUp' | 'promote' | 'bare' | 'copyObject' } & Documents);
export type Answer = { readonly milliseconds: number; readonly made?: Documents; readonly error?: string };

const SIDE_BY_SIDE = 16;
const env = (name: string): string => process.env[name] ?? '';
const endpoint = env('CERTUS_S3_ENDPOINT');
const credentials = {
  accessKeyId: env('CERTUS_S3_ACCESS_KEY_ID'),
  secretAccessKey: env('CERTUS_S3_SECRET_ACCESS_KEY'),
};
const region = env('CERTUS_S3_REGION');

const database = openDatabase(env('CERTUS_DATABASE_URL'));
const store = await openObjectStore('s3://', { endpoint, region, ...credentials });
// with one thread, as a worker has where nobody said otherwise
const inspector = openInspector({ threads: 1, maxBytes: 32 * 1024 * 1024 });
const zones = await openZones(mkdtempSync(join(tmpdir(), 'certus-bench-')), database, { store, inspector });
const client = new S3Client({
  endpoint,
  region,
  credentials,
  forcePathStyle: true,
  // a piece of a body that is shorter than 8 KiB would be refused, and a socket may give any
  requestStreamBufferSize: 64 * 1024,
});

process.on('message', (asked: Asked) => {
  run(asked).then(
    (said) => process.send?.(said),
    (error: unknown) => process.send?.({ milliseconds: 0, error: String((error as Error).stack) }),
  );
});

async function run(asked: Asked): Promise<Answer> {
  if (asked.do === 'prepare') {
    const documents = await prepare(zones, asked.objects, asked.bytes);
    return { milliseconds: 0, made: { workspace: zones.scope.workspace, documents } };
  }
  const to = { ...zones, scope: { ...zones.scope, workspace: asked.workspace } };
  const begun = performance.now();
  await { warmUp, promote, bare, copyObject }[asked.do](to, asked.documents);
  return { milliseconds: performance.now() - begun };
}

/** A worker that runs for weeks starts its threads once. The keys of this process sign what is ordered here. */
async function warmUp(to: Zones): Promise<void> {
  await letPass(to);
  await promote(to, await prepare(to, 32, 4096));
}

/** Nobody can look into bytes of no format: a policy that lets them pass leaves the way of a large file to be measured. */
async function letPass(to: Zones): Promise<void> {
  const policy = PrivacyPolicy.parse({
    schema: 'https://certus.dev/privacy-policy/v1',
    name: 'bench',
    documents: { opaque: 'pass' },
  });
  const given = await order(database, { kind: 'set_privacy_policy', workspace: to.scope.workspace, policy });
  await setPrivacyPolicy(to.trust.deps, given.order, given.action);
}

async function prepare(to: Zones, objects: number, bytes: number): Promise<ReceivedDocument[]> {
  if (objects > MAX_DOCUMENTS) throw new Error(`no more than ${MAX_DOCUMENTS} documents`);
  const folder = `${bytes}-${objects}`;
  const make = (number: number) =>
    bring(to, `${folder}/${String(number).padStart(5, '0')}.txt`, number, bytes);
  const numbers = Array.from({ length: objects }, (_, number) => number);
  return pMap(numbers, make, { concurrency: SIDE_BY_SIDE });
}

async function bring(to: Zones, name: string, number: number, size: number): Promise<ReceivedDocument> {
  const body = size > LARGE ? undefined : textOf(number, size);
  const digest = body === undefined ? digestOf(size) : sha256(body);
  const document = { name, sha256: digest, size, media_type: 'text/plain' };
  const options = { contentType: 'text/plain', sha256: digest, size, ifAbsent: true };
  await to.uploads.put(documentKey(to.scope, name), body ?? Readable.from(blocks(size)), options);
  await recordReceived(database, to.scope, { ...document, receivedBy: 'bench', receivedAt: new Date() });
  return document;
}

const LARGE = 16 * 1024 * 1024;
const BLOCK = 1024 * 1024;

function* blocks(size: number): Generator<Buffer> {
  for (let left = size; left > 0; left -= BLOCK)
    yield Buffer.alloc(Math.min(left, BLOCK), Buffer.from([0, 255, left % 251]));
}

function digestOf(size: number): string {
  const hash = createHash('sha256');
  for (const block of blocks(size)) hash.update(block);
  return hash.digest('hex');
}

const WORDS = 'the report says that every part of the machine was looked at and found to be in order'.split(
  ' ',
);

function textOf(number: number, size: number): Buffer {
  const line = (at: number) =>
    `${WORDS.map((_, nth) => WORDS[(nth * at + number) % WORDS.length]).join(' ')}.\n`;
  let text = '';
  for (let at = 1; text.length < size; at++) text += line(at);
  return Buffer.from(text.slice(0, size));
}

/** Everything from the signed order to the golden manifest. */
async function promote(to: Zones, documents: readonly ReceivedDocument[]): Promise<void> {
  const input = await orderPromotion(to, documents);
  const allowed = await permitted(to, input);
  const { signal } = new AbortController();
  let [from, policy]: [number | null, string | null] = [0, null];
  while (from !== null) {
    const page = { ...allowed, orderId: input.orderId, from, policy };
    const placed = await placeDocuments(to.transform, page, signal, publicationOf(allowed));
    ({ next: from, policy } = placed);
  }
  const { clean } = await finish(to, input, allowed, policy ?? '');
  if (clean !== documents.length)
    throw new Error(`only ${clean} of ${documents.length} came through as they were`);
}

const keysOf =
  ({ scope }: Zones) =>
  ({ name }: ReceivedDocument) =>
    documentKey(scope, name);

async function bare(to: Zones, documents: readonly ReceivedDocument[]): Promise<void> {
  const keyOf = keysOf(to);
  const copy = async (document: ReceivedDocument) => {
    const { Body: read } = await client.send(
      new GetObjectCommand({ Bucket: 'uploads', Key: keyOf(document) }),
    );
    if (read === undefined) throw new Error('the store gave no body');
    const Body = document.size > LARGE ? (read as Readable) : await read.transformToByteArray();
    const place = { Bucket: 'golden', Key: `bare/${keyOf(document)}` };
    await client.send(new PutObjectCommand({ ...place, Body, ContentLength: document.size }));
  };
  await pMap(documents, copy, { concurrency: SIDE_BY_SIDE });
}

/** The store's own: no byte passes through here, and none is looked at. */
async function copyObject(to: Zones, documents: readonly ReceivedDocument[]): Promise<void> {
  const keyOf = keysOf(to);
  const copy = (document: ReceivedDocument) =>
    client.send(
      new CopyObjectCommand({
        Bucket: 'golden',
        Key: `copied/${keyOf(document)}`,
        CopySource: encodeURI(`uploads/${keyOf(document)}`),
      }),
    );
  await pMap(documents, copy, { concurrency: SIDE_BY_SIDE });
}

process.send?.({ milliseconds: 0 } satisfies Answer);
