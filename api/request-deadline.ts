import type { IncomingMessage } from 'node:http';

/** How long a request may take to arrive, and how long an upload may stand still. */
export const REQUEST_PATIENCE = 30_000;

const deadlines = new WeakMap<IncomingMessage, NodeJS.Timeout>();

/** One client that sends a byte now and then must not hold a connection for as long as an upload may. */
export function requireInTime(request: IncomingMessage, patience: number, refuse: () => void): void {
  const timer = setTimeout(() => {
    if (!request.complete) refuse();
  }, patience);
  timer.unref();
  deadlines.set(request, timer);
  request.once('close', () => clearTimeout(timer));
}

/** From now on the request may take any time, as long as something arrives. */
export function takeYourTime(request: IncomingMessage): void {
  clearTimeout(deadlines.get(request));
  request.setTimeout(REQUEST_PATIENCE, () => request.destroy());
  request.once('end', () => request.setTimeout(0));
}

/** Lets a refused request run out, so that who is still sending gets to read the answer; but not for long. */
export function letRunOut(request: IncomingMessage): void {
  if (request.destroyed) return;
  request.unpipe();
  request.resume();
  requireInTime(request, REQUEST_PATIENCE, () => request.destroy());
}
