import { createHash, verify, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { gunzipSync } from 'node:zlib';
import { dsse } from '@sigstore/core';
import {
  DELIVERY_TYPE,
  type DeliveredItem,
  Delivery,
  type DeliveryReceipt,
} from '../../../contracts/delivery.ts';
import { parseBundle } from '../../../domain/sigstore/parse-bundle.ts';
import type { Authority } from './certificates.ts';

/** What becomes of the next request that brings a delivery; then all is well again, unless it is for good. */
export type Mood =
  | 'well'
  /** The connection breaks off while the delivery comes in. */
  | 'reset'
  /** It is taken, and nobody gets to know. */
  | 'answer lost'
  | 'unavailable'
  | 'forbidden'
  | 'refuses'
  | 'fails';

export type Platform = {
  readonly port: number;
  readonly url: string;
  /** Everything that came in, decoded: bodies as they were signed, heads, addresses. */
  readonly seen: Buffer[];
  /** Deliveries that were taken, in their order; each of them once. */
  readonly taken: Delivery[];
  /** What is to be found there now: by source, by key. */
  readonly index: Map<string, Map<string, DeliveredItem>>;
  readonly posts: () => number;
  readonly faults: string[];
  mood: Mood;
  /** How often it is as it is before all is well. */
  times: number;
  readonly close: () => Promise<void>;
};

/** A platform as far as an agent can see it: it takes deliveries of whom it knows, and checks everything about them. */
export async function startPlatform({ root, server: own }: Authority, at = 0): Promise<Platform> {
  const sockets = new Set<Socket>();
  const receipts = new Map<string, DeliveryReceipt & { polls: number }>();
  const sequences = new Map<string, number>();
  let posts = 0;
  const https = createServer(
    {
      ...{ ca: root.pem, cert: own.pem, key: own.keyPem },
      ...{ requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.2' },
    },
    (request, response) => {
      handle(request, response).catch((error: unknown) => {
        platform.faults.push(String(error));
        response.destroy();
      });
    },
  );
  https.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  https.listen(at, '127.0.0.1');
  await once(https, 'listening');
  const { port } = https.address() as AddressInfo;

  const mood = (): Mood => {
    const now = platform.mood;
    if (now !== 'well') platform.times -= 1;
    if (platform.times <= 0) platform.mood = 'well';
    return now;
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    platform.seen.push(Buffer.from(`${request.method} ${request.url}\n${request.rawHeaders.join('\n')}`));
    const answer = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    const [, asked] = /^\/v1\/deliveries\/([0-9a-f]{64})$/.exec(request.url ?? '') ?? [];
    if (request.method === 'GET') {
      const receipt = receipts.get(asked ?? '');
      if (receipt === undefined) return answer(404, problem(404, 'not_found'));
      receipt.polls += 1;
      if (receipt.polls > 1 && receipt.state === 'running') receipt.state = 'done';
      return answer(200, receipt);
    }
    posts += 1;
    const now = mood();
    if (now === 'reset') {
      request.once('data', () => request.socket.destroy());
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (now === 'unavailable') return answer(503, problem(503, 'dependency_unavailable'));
    if (now === 'forbidden') return answer(403, problem(403, 'forbidden'));
    const bundle = gunzipSync(Buffer.concat(chunks));
    const { id, delivery } = checked(bundle, (request.socket as TLSSocket).getPeerCertificate().raw);
    platform.seen.push(bundle, Buffer.from(JSON.stringify(delivery)));
    if (now === 'refuses') return answer(422, problem(422, 'statement_invalid'));
    const before = receipts.get(id);
    const state = now === 'fails' ? 'failed' : 'running';
    const failure = now === 'fails' ? { code: 'not_indexed', message: 'no' } : null;
    const receipt = before ?? {
      ...{ delivery: id, ingestion_id: `ing_${id.slice(0, 24)}`, state, failure, polls: 0 },
    };
    if (before === undefined) {
      receipts.set(id, receipt as DeliveryReceipt & { polls: number });
      if (delivery.sequence <= (sequences.get(delivery.source) ?? 0)) platform.faults.push('out of order');
      sequences.set(delivery.source, delivery.sequence);
      if (now !== 'fails') index(delivery);
    }
    if (now === 'answer lost') return void request.socket.destroy();
    answer(202, receipt);
  };

  const index = (delivery: Delivery): void => {
    const known = platform.index.get(delivery.source) ?? new Map<string, DeliveredItem>();
    platform.index.set(delivery.source, known);
    for (const item of delivery.items) known.set(item.key, item);
    for (const key of delivery.gone) known.delete(key);
    platform.taken.push(delivery);
  };

  const platform: Platform = {
    ...{ port, url: `https://localhost:${port}`, seen: [], taken: [], index: new Map(), faults: [] },
    posts: () => posts,
    mood: 'well',
    times: 0,
    close: async () => {
      https.close();
      for (const socket of sockets) socket.destroy();
      await once(https, 'close');
    },
  };
  return platform;
}

const problem = (status: number, code: string) => ({
  ...{ type: 'about:blank', title: code, status, detail: code, code, request_id: 'r', errors: [] },
});

/** Whatever is not as the contract says is a fault of the agent. */
function checked(bytes: Buffer, caller: Buffer): { id: string; delivery: Delivery } {
  const { content, verificationMaterial } = parseBundle(bytes);
  if (content.$case !== 'dsseEnvelope' || verificationMaterial.content.$case !== 'certificate')
    throw new Error('it is no envelope with a certificate');
  const { payload, payloadType, signatures } = content.dsseEnvelope;
  if (payloadType !== DELIVERY_TYPE) throw new Error('it is no delivery');
  const { rawBytes } = verificationMaterial.content.certificate;
  if (!rawBytes.equals(caller)) throw new Error('somebody else has signed it');
  const { publicKey } = new X509Certificate(rawBytes);
  const signed = dsse.preAuthEncoding(payloadType, payload);
  if (!verify('sha256', signed, publicKey, signatures[0]?.sig ?? Buffer.alloc(0)))
    throw new Error('the signature does not hold');
  const delivery = Delivery.parse(JSON.parse(payload.toString('utf8')));
  if (new Set(delivery.items.map(({ key }) => key)).size !== delivery.items.length)
    throw new Error('an item is there twice');
  return { id: createHash('sha256').update(payload).digest('hex'), delivery };
}
