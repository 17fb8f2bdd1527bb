import type { RequestHandler } from 'express';
import { CertusError } from '../contracts/errors.ts';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Guards against DNS rebinding: a page on evil.example whose name suddenly resolves to 127.0.0.1 reaches this port
 * from the visitor's browser, but still sends its own name. A server open to the network is reached by names only
 * its operator knows; it checks them once they are configured.
 */
export function hostGuard(listenHost: string, allowed: readonly string[]): RequestHandler {
  const names = new Set([...LOOPBACK, ...allowed.map((name) => name.toLowerCase())]);
  const guarded = isLoopback(listenHost) || allowed.length > 0;
  return (request, _response, next) => {
    if (guarded && !names.has(hostName(request.headers.host))) {
      next(new CertusError('forbidden', 'the Host header names a server that this is not'));
    } else next();
  };
}

/**
 * Guards against a foreign page that opens a WebSocket from its visitor's browser: the rules that keep pages from reading
 * each other's answers do not hold for these, only the Origin header tells. Programs send none.
 */
export const originGuard: RequestHandler = (request, _response, next) => {
  const { origin, host, upgrade } = request.headers;
  const own = origin === undefined || hostName(origin.replace(/^https?:\/\//i, '')) === hostName(host);
  if (upgrade === undefined || own) next();
  else next(new CertusError('forbidden', 'a page of another origin may not open a WebSocket here'));
};

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** The name without its port; empty when there is none or it is not a plain name. */
function hostName(header: string | undefined): string {
  return /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::\d{1,5})?$/i.exec(header ?? '')?.[1]?.toLowerCase() ?? '';
}
