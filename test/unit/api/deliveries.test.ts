import { randomBytes, X509Certificate } from 'node:crypto';
import { createServer, type OutgoingHttpHeaders, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openSignedDelivery } from '../../../api/agents/open-signed-delivery.ts';
import { receiveDelivery } from '../../../api/agents/receive-delivery.ts';
import { MOST_DELIVERY_BYTES } from '../../../contracts/delivery.ts';
import { CertusError } from '../../../contracts/errors.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { deliveryOf, itemOf, signedBundle } from '../connectors/deliveries.ts';
import { certificate, type Made } from '../keys/certificates.ts';

let mine: Made;
let other: Made;
beforeAll(async () => {
  [mine, other] = [await certificate(), await certificate()];
});

const leafOf = ({ pem }: Made) => new X509Certificate(pem);
const by = (signer: Made, shown = signer) => ({ key: signer.privateKey, certificate: leafOf(shown).raw });

describe('a signed delivery', () => {
  const opened = (bundle: unknown) =>
    openSignedDelivery(
      Buffer.from(typeof bundle === 'string' ? bundle : JSON.stringify(bundle)),
      leafOf(mine),
    );
  const codeOf = (bundle: unknown): string => {
    try {
      opened(bundle);
      return 'opened';
    } catch (error) {
      if (error instanceof CertusError) return error.code;
      throw error;
    }
  };

  test('is what was signed with the certificate of the connection', () => {
    const payload = JSON.stringify(deliveryOf());
    expect(opened(signedBundle(payload, by(mine)))).toEqual({
      ...{ delivery: deliveryOf(), digest: sha256(payload) },
    });
  });

  test('of another signer is none, whoever he says that he is', () => {
    expect(codeOf(signedBundle(deliveryOf(), by(other)))).toBe('untrusted_signer');
    expect(codeOf(signedBundle(deliveryOf(), by(other, mine)))).toBe('signature_invalid');
    const hinted = {
      ...signedBundle(deliveryOf(), by(mine)),
      verificationMaterial: { publicKey: { hint: 'me' } },
    };
    expect(codeOf(hinted)).toBe('untrusted_signer');
  });

  test('is not what was changed afterwards, or signed as something else', () => {
    const bundle = signedBundle(deliveryOf(), by(mine)) as { dsseEnvelope: object };
    const payload = Buffer.from(JSON.stringify(deliveryOf({ sequence: 2 }))).toString('base64');
    expect(codeOf({ ...bundle, dsseEnvelope: { ...bundle.dsseEnvelope, payload } })).toBe(
      'signature_invalid',
    );
    const type = 'application/vnd.in-toto+json';
    expect(codeOf(signedBundle(deliveryOf(), by(mine), type))).toBe('delivery_invalid');
    const message = {
      mediaType: bundle['mediaType' as never],
      verificationMaterial: bundle['verificationMaterial' as never],
      messageSignature: { messageDigest: { algorithm: 'SHA2_256', digest: 'AA==' }, signature: 'AA==' },
    };
    expect(codeOf(message)).toBe('delivery_invalid');
  });

  test.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['another thing', {}],
    ['a list', []],
  ])('that is %s is refused', (_, bundle) => {
    expect(codeOf(bundle)).toBe('delivery_invalid');
  });

  test.each([
    ['a field more', { ...deliveryOf(), surprise: 1 }],
    ['another schema', { ...deliveryOf(), schema: 'certus.delivery/v2' }],
    ['a workspace that is a path', deliveryOf({ workspace: '../other' })],
    ['a source that is a path', deliveryOf({ source: '../other' })],
    ['a kind of record that there is not', deliveryOf({ items: [itemOf('a', { drafts: [{}] as never })] })],
    ['too many items', deliveryOf({ items: Array.from({ length: 501 }, (_, at) => itemOf(`${at}`)) })],
    ['a sequence that goes backwards', deliveryOf({ sequence: -1 })],
    ['a letter that no database keeps', deliveryOf({ items: [itemOf('a\u0000b')] })],
    ['an item twice', deliveryOf({ items: [itemOf('a'), itemOf('a')] })],
    ['an item that is there and gone', deliveryOf({ gone: ['a.md'] })],
  ])('with %s is refused', (_, delivery) => {
    expect(codeOf(signedBundle(delivery, by(mine)))).toBe('invalid_request');
  });

  test('that two readers would read differently is refused', () => {
    const twice = JSON.stringify(deliveryOf()).replace('"sequence":1', '"sequence":1,"sequence":2');
    expect(codeOf(signedBundle(twice, by(mine)))).toBe('delivery_invalid');
  });

  test('is refused without a word of what stands in it', () => {
    const delivery = { ...deliveryOf(), labels: ['Inna Keller'], created_at: 'inna.keller' };
    try {
      opened(signedBundle(delivery, by(mine)));
      throw new Error('it was taken');
    } catch (error) {
      expect(error).toMatchObject({ code: 'invalid_request' });
      expect(JSON.stringify([error, (error as Error).message])).not.toMatch(/keller/i);
    }
  });
});

describe('the body of a delivery', () => {
  let server: Server;
  beforeAll(async () => {
    server = createServer((incoming, response) => {
      receiveDelivery(incoming).then(
        (bytes) => response.end(`${bytes.length}`),
        (error: unknown) => response.end(error instanceof CertusError ? error.code : String(error)),
      );
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
  });
  afterAll(() => {
    server.close();
  });

  async function sent(body: Buffer, headers: OutgoingHttpHeaders = {}): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const { port } = server.address() as AddressInfo;
    const asking = request(
      {
        ...{ host: '127.0.0.1', port, method: 'POST', agent: false },
        headers: { 'content-type': 'application/json', ...headers },
      },
      (response) => {
        let text = '';
        response.on('data', (chunk) => (text += String(chunk))).on('end', () => resolve(text));
      },
    );
    asking.on('error', reject).end(body);
    return promise;
  }
  const gzip = { 'content-encoding': 'gzip' };

  test('comes as it is, or folded', async () => {
    const body = Buffer.from(JSON.stringify(deliveryOf()));
    expect(await sent(body)).toBe(String(body.length));
    expect(await sent(gzipSync(body), gzip)).toBe(String(body.length));
  });

  test('is measured before it is unfolded, and while it is', async () => {
    expect(await sent(Buffer.alloc(MOST_DELIVERY_BYTES, ' '))).toBe(String(MOST_DELIVERY_BYTES));
    expect(await sent(Buffer.alloc(MOST_DELIVERY_BYTES + 1, ' '))).toBe('payload_too_large');
    expect(await sent(randomBytes(MOST_DELIVERY_BYTES + 1), { 'transfer-encoding': 'chunked' })).toBe(
      'payload_too_large',
    );
    const bomb = gzipSync(Buffer.alloc(256 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(MOST_DELIVERY_BYTES / 40);
    expect(await sent(bomb, gzip)).toBe('payload_too_large');
    expect(await sent(gzipSync(Buffer.alloc(MOST_DELIVERY_BYTES)), gzip)).toBe(String(MOST_DELIVERY_BYTES));
  });

  test('of another kind is refused', async () => {
    const body = Buffer.from('{}');
    expect(await sent(body, { 'content-type': 'text/plain' })).toBe('unsupported_media_type');
    expect(await sent(body, { 'content-encoding': 'br' })).toBe('unsupported_media_type');
    expect(await sent(body, gzip)).toBe('delivery_invalid');
    expect(await sent(gzipSync(Buffer.from('{}')).subarray(0, 12), gzip)).toBe('delivery_invalid');
  });
});
