import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Express } from 'express';
import { type WebSocket, WebSocketServer } from 'ws';
import { CertusError } from '../../contracts/errors.ts';
import { PROTOCOL, tokenOffered } from './protocols.ts';

/** Nobody has anything to say to us: what a client may send is only what the protocol itself needs. */
const sockets = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  maxPayload: 1024,
  perMessageDeflate: false,
  handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
});

type Upgrade = { accept(): Promise<WebSocket | undefined> };
const upgrades = new WeakMap<IncomingMessage, Upgrade>();
const upgraded = new WeakMap<Server, Set<Duplex>>();

/** Whether the request is the beginning of a WebSocket as RFC 6455 wants it. */
export function isUpgrade({ method, headers }: IncomingMessage): boolean {
  return (
    method === 'GET' &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['sec-websocket-version'] === '13' &&
    /^[A-Za-z0-9+/]{22}==$/.test(headers['sec-websocket-key'] ?? '')
  );
}

/**
 * Leads requests for a WebSocket through the app like every other request: who asks from elsewhere, without a token or
 * for what is not there gets the same answers, before there is a socket at all.
 */
export function serveUpgrades(server: Server, app: Express): void {
  const held = new Set<Duplex>();
  upgraded.set(server, held);
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    held.add(socket);
    socket.once('close', () => held.delete(socket)).on('error', () => socket.destroy());
    const token = tokenOffered(request.headers['sec-websocket-protocol']);
    if (token !== undefined) request.headers.authorization ??= `Bearer ${token}`;
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    response.once('finish', () => socket.destroySoon());
    upgrades.set(request, { accept: () => accept(request, response, socket, head) });
    app(request, response);
  });
}

/** Ends the HTTP part of the request; `undefined` when the caller has gone away meanwhile. */
export async function acceptUpgrade(request: IncomingMessage): Promise<WebSocket | undefined> {
  const upgrade = upgrades.get(request);
  if (upgrade === undefined) throw new CertusError('upgrade_required', 'ask for this with a WebSocket');
  return upgrade.accept();
}

/** A server does not count them as its connections any more. */
export function cutOffUpgraded(server: Server): void {
  for (const socket of upgraded.get(server) ?? []) socket.destroy();
}

function accept(
  request: IncomingMessage,
  response: ServerResponse,
  socket: Socket,
  head: Buffer,
): Promise<WebSocket | undefined> {
  const { promise, resolve } = Promise.withResolvers<WebSocket | undefined>();
  if (socket.destroyed) return Promise.resolve(undefined);
  response.statusCode = 101;
  response.detachSocket(socket);
  socket.once('close', () => {
    resolve(undefined);
    // The line of the log is written when the request is over.
    response.emit('close');
  });
  sockets.handleUpgrade(request, socket, head, resolve);
  return promise;
}
