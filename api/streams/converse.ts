import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import type { ScanEvent } from '../../contracts/scan-event.ts';
import { logError } from '../log-error.ts';
import { eventText } from './event-text.ts';

const PING = 20_000;
/** Far more than a client has any reason to send. Floods of pings the library ends by itself. */
const MOST_MESSAGES = 100;
const CLOSE = { ended: 1000, policy: 1008, later: 1013 } as const;

type Batches = AsyncIterable<readonly ScanEvent[]>;

/** Tells the events over a WebSocket, one message each, no faster than they are taken; closes with 1000 after the last one. */
export async function converse(
  socket: WebSocket,
  follow: (signal: AbortSignal) => Batches,
  log: Logger,
): Promise<void> {
  const gone = new AbortController();
  // The library closes a socket that breaks the protocol by itself; there is nobody else to tell.
  socket.on('error', (error) => log.debug({ err: logError(error) }, 'a WebSocket failed'));
  socket.once('close', () => gone.abort());
  const pings = keepAlive(socket);
  limitMessages(socket);
  try {
    for await (const events of follow(gone.signal)) await sent(socket, events);
    socket.close(CLOSE.ended);
  } catch (error) {
    if (!gone.signal.aborted) log.warn({ err: logError(error) }, 'a stream broke off');
    socket.close(CLOSE.later, 'go on after the last event');
  } finally {
    if (gone.signal.aborted) clearInterval(pings);
    else socket.once('close', () => clearInterval(pings));
  }
}

/** Resolves when the last of them has left: until then nothing more is fetched for this subscriber. */
async function sent(socket: WebSocket, events: readonly ScanEvent[]): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const last = events.length - 1;
  // Called with an error when the socket is closed, which ends the following too.
  for (const [index, event] of events.entries())
    socket.send(eventText(event), index === last ? () => resolve() : undefined);
  const gone = () => resolve();
  socket.once('close', gone);
  await promise;
  socket.off('close', gone);
}

/** Cuts off who does not answer two pings in a row: it is gone, or does not read. */
function keepAlive(socket: WebSocket): NodeJS.Timeout {
  let unanswered = 0;
  socket.on('pong', () => {
    unanswered = 0;
  });
  return setInterval(() => {
    unanswered += 1;
    if (unanswered > 2) socket.terminate();
    else socket.ping();
  }, PING);
}

function limitMessages(socket: WebSocket): void {
  let messages = 0;
  socket.on('message', () => {
    messages += 1;
    if (messages > MOST_MESSAGES) socket.close(CLOSE.policy, 'there is nothing to say here');
  });
}
