import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Seen = {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
};

/** Answers in place of the server when it returns true. */
export type Intercept = (
  request: IncomingMessage,
  response: ServerResponse,
  server: RegistryServer,
) => boolean;

export type RegistryServer = {
  readonly url: string;
  readonly seen: Seen[];
  readonly blobs: Map<string, Buffer>;
  readonly tags: Map<string, string>;
  readonly types: Map<string, string>;
  close(): Promise<void>;
};

/** An OCI registry in memory, real enough to be spoken to, with a place to misbehave. */
export const startRegistryServer = async (
  intercept: Intercept = () => false,
  host = '127.0.0.1',
): Promise<RegistryServer> => {
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const { method = '', url = '', headers } = request;
    registry.seen.push({ method, path: url, authorization: headers.authorization });
    if (!intercept(request, response, registry)) answer(registry, request, body, response);
  });
  server.listen(0, host);
  await once(server, 'listening');
  const registry: RegistryServer = {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    seen: [],
    blobs: new Map(),
    tags: new Map(),
    types: new Map(),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return registry;
};

export const reply = (
  response: ServerResponse,
  status: number,
  headers: Record<string, string> = {},
  body: string | Buffer = '',
): true => {
  response.writeHead(status, headers).end(body);
  return true;
};

const answer = (
  registry: RegistryServer,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): void => {
  const url = new URL(request.url ?? '', registry.url);
  const [, kind, reference = ''] = /\/(blobs|manifests|tags)\/(.*)$/.exec(url.pathname) ?? [];
  const store = (): void => {
    const digest = `sha256:${createHash('sha256').update(body).digest('hex')}`;
    registry.blobs.set(digest, body);
    registry.types.set(digest, request.headers['content-type'] ?? '');
    if (kind === 'manifests' && !reference.startsWith('sha256:')) registry.tags.set(reference, digest);
    reply(response, 201, { 'docker-content-digest': digest });
  };
  if (kind === 'tags') {
    reply(response, 200, {}, JSON.stringify({ name: 'x', tags: [...registry.tags.keys()] }));
  } else if (request.method === 'POST') {
    reply(response, 202, { location: `${url.pathname}session?state=a%20b` });
  } else if (request.method === 'PUT') {
    store();
  } else if (kind === undefined) {
    reply(response, 200, {}, '{}');
  } else {
    const digest = registry.tags.get(reference) ?? reference;
    const found = registry.blobs.get(digest);
    const headers = { 'content-type': registry.types.get(digest) ?? '' };
    reply(response, found === undefined ? 404 : 200, headers, found);
  }
};
