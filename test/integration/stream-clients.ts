import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { WebSocket } from 'ws';
import type { ScanEvent } from '../../contracts/scan-event.ts';
import { TOKEN } from './api-harness.ts';

export type Received = {
  readonly events: ScanEvent[];
  /** How it was closed: a WebSocket's code, or the name of the last server-sent event. */
  readonly closed: Promise<number | string>;
  reaches(seq: number): Promise<void>;
  pause(): void;
  resume(): void;
  stop(): void;
};

export const authorised = { authorization: `Bearer ${TOKEN}` };

export function overWebSocket(
  port: number,
  path: string,
  { protocols = [], headers = authorised }: { protocols?: string[]; headers?: Record<string, string> } = {},
): Received & { readonly socket: WebSocket } {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, { headers });
  const { take, events, reaches } = collector();
  const closed = Promise.withResolvers<number>();
  socket.on('message', (data) => take(JSON.parse(String(data)) as ScanEvent));
  socket.on('close', (code) => closed.resolve(code)).on('error', closed.reject);
  return {
    socket,
    events,
    reaches,
    closed: closed.promise,
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    stop: () => socket.terminate(),
  };
}

export function overServerSentEvents(
  port: number,
  path: string,
  headers: Record<string, string> = {},
): Received {
  const { take, events, reaches } = collector();
  const closed = Promise.withResolvers<string>();
  let response: IncomingMessage | undefined;
  const asking: ClientRequest = request(
    {
      host: '127.0.0.1',
      port,
      path,
      agent: false,
      headers: { ...authorised, accept: 'text/event-stream', ...headers },
    },
    (answer) => {
      response = answer;
      if (answer.statusCode !== 200) return closed.resolve(`status ${answer.statusCode}`);
      let text = '';
      let last = 'nothing';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        const messages = `${text}${chunk}`.split('\n\n');
        text = messages.pop() ?? '';
        for (const message of messages) {
          const fields = Object.fromEntries(
            message.split('\n').map((line) => [line.split(': ', 1)[0] ?? '', line.replace(/^\w*: ?/, '')]),
          );
          last = fields.event ?? (fields.data === undefined ? last : 'message');
          if (fields.data === undefined || fields.event !== undefined) continue;
          const event = JSON.parse(fields.data) as ScanEvent;
          if (Number(fields.id) !== event.seq) closed.reject(new Error(`id ${fields.id} of ${fields.data}`));
          take(event);
        }
      });
      answer.on('end', () => closed.resolve(last)).on('error', closed.reject);
    },
  );
  asking.on('error', closed.reject).end();
  return {
    events,
    reaches,
    closed: closed.promise,
    pause: () => response?.pause(),
    resume: () => response?.resume(),
    stop: () => asking.destroy(),
  };
}

function collector() {
  const events: ScanEvent[] = [];
  const waiting: { seq: number; wake: () => void }[] = [];
  return {
    events,
    take: (event: ScanEvent) => {
      events.push(event);
      for (const { seq, wake } of waiting) if (event.seq >= seq) wake();
    },
    reaches: (seq: number) =>
      new Promise<void>((wake) => {
        waiting.push({ seq, wake });
        if ((events.at(-1)?.seq ?? 0) >= seq) wake();
      }),
  };
}
