import { request } from 'node:http';
import { WebSocket } from 'ws';

export type Subscriber = {
  /** How many events came in their place, once it is over: the first one out of place ends the counting. */
  readonly received: Promise<number>;
};

type Stream = {
  readonly port: number;
  readonly token: string;
  /** Of the scan. */
  readonly path: string;
  readonly query: string;
};

export function overWebSocket({ port, token, path, query }: Stream): Subscriber {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}/stream?${query}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const count = inPlace();
  socket.on('message', (data: Buffer) =>
    count.take(Number(/"seq":(\d+)/.exec(data.toString('latin1'))?.[1])),
  );
  socket.on('close', () => resolve(count.good())).on('error', reject);
  return { received: promise };
}

export function overServerSentEvents({ port, token, path, query }: Stream): Subscriber {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream' };
  const count = inPlace();
  const asking = request({ port, path: `${path}/events?${query}`, headers, agent: false }, (response) => {
    let rest = '';
    response.setEncoding('latin1').on('data', (chunk: string) => {
      const messages = `${rest}${chunk}`.split('\n\n');
      rest = messages.pop() ?? '';
      for (const message of messages) {
        const id = /^id: (\d+)$/m.exec(message)?.[1];
        if (id !== undefined) count.take(Number(id));
      }
    });
    response.on('end', () => resolve(count.good())).on('error', reject);
  });
  asking.on('error', reject).end();
  return { received: promise };
}

/** Counts what comes in its place. One that is missing, doubled or swapped leaves everything after it out of place. */
function inPlace() {
  let good = 0;
  let broken = false;
  return {
    take: (seq: number) => {
      broken ||= seq !== good + 1;
      if (!broken) good = seq;
    },
    good: () => good,
  };
}
