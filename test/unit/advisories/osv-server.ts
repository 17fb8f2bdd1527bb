import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Asked = { readonly method: string; readonly path: string; readonly body: unknown };
type Handler = (asked: Asked, answer: ServerResponse) => void;

/** An HTTP server that remembers what it was asked, and answers as it is told. */
export async function serve(handler: Handler) {
  const asked: Asked[] = [];
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const one = {
      method: request.method ?? '',
      path: request.url ?? '',
      body: text ? JSON.parse(text) : null,
    };
    asked.push(one);
    handler(one, response);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((done) => server.close(() => done()));
    },
  };
}

export const json = (answer: ServerResponse, value: unknown, status = 200): void => {
  answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
};
