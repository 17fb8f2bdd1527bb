import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Client } from '@opensearch-project/opensearch';
import { writeDocuments } from '../../../services/search/opensearch-write.ts';

let server: Server;
let client: Client;
let status: number;

/** Answers a bulk request as OpenSearch does when it cannot take an item. */
beforeEach(async () => {
  server = createServer((request, response) => {
    request.resume();
    request.once('end', () => {
      const error = { type: 'some_exception', reason: 'some reason' };
      const body = request.url?.includes('_bulk')
        ? { took: 1, errors: true, items: [{ index: { _id: 'x', status, error } }] }
        : { _shards: { total: 1, successful: 1, failed: 0 } };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = new Client({ node: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});

afterEach(async () => {
  await client.close();
  server.closeAllConnections();
  server.close();
});

const write = () =>
  writeDocuments(client, 'a', { tenant: 't', workspace: 'w' }, [
    { id: 'one', kind: 'finding', title: 't', text: '', capturedAt: '2026-01-01T00:00:00.000Z' },
  ]);

test.each([403, 404, 408, 429, 500, 503, 507])(
  '%i is the fault of the server, and tried again',
  async (code) => {
    status = code;
    await expect(write()).rejects.toMatchObject({ code: 'dependency_unavailable', retryable: true });
  },
);

test.each([400, 409, 413])('%i is the fault of the document, which is named', async (code) => {
  status = code;
  expect(await write()).toEqual([{ id: 'one', reason: 'some reason' }]);
});
