import { createServer, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Express } from 'express';
import { REQUEST_PATIENCE, requireInTime } from './request-deadline.ts';
import { cutOffUpgraded, isUpgrade, serveUpgrades } from './streams/upgrade.ts';

/** The limits that keep one slow or endless client from holding the server. */
export const LIMITS = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  // for the largest upload; what is no upload has a deadline of its own
  requestTimeout: 6 * 60 * 60_000,
  keepAliveTimeout: 10_000,
  connectionsCheckingInterval: 5_000,
};

/** Listens, and resolves once requests are answered; rejects when the address cannot be had. */
export async function listen(
  app: Express,
  host: string,
  port: number,
  patience = REQUEST_PATIENCE,
): Promise<Server> {
  const server = createServer(
    // Everything else that asks for another protocol is answered in this one, as it may be.
    { ...LIMITS, shouldUpgradeCallback: isUpgrade },
    inTime(app, patience),
  );
  serveUpgrades(server, app);
  await listening(server, host, port);
  return server;
}

/** Has no request hold its connection for longer than it may take to arrive. */
export const inTime =
  (app: Express, patience = REQUEST_PATIENCE): RequestListener =>
  (request, response) => {
    requireInTime(request, patience, () => refuseBrokenRequest(TOO_SLOW, request.socket));
    app(request, response);
  };

export async function listening(server: Server, host: string, port: number): Promise<void> {
  server.maxConnections = 1024;
  server.on('clientError', refuseBrokenRequest);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(port, host, resolve);
  await promise;
  server.off('error', reject);
}

/** Answers what is being answered, takes nothing new, and after a while cuts off who does not finish. */
export async function close(server: Server, patience = 5_000): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeIdleConnections();
  const timer = setTimeout(() => cutOff(server), patience);
  await promise;
  clearTimeout(timer);
}

/** Waits for nobody any more. */
export function cutOff(server: Server): void {
  server.closeAllConnections();
  cutOffUpgraded(server);
}

const STATUS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

const TOO_SLOW = Object.assign(new Error('the request takes too long'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });

/** Bytes that are no HTTP request never reach the app; there is no request to give an id to. */
function refuseBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable) return;
  const status = STATUS[error.code ?? ''] ?? '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
