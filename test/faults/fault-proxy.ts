import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Exchange, type Fault, passOn } from './faults.ts';

/** Which requests a fault is for. Of those that match, the `nth` (from 1) is the first one, and `times` are met. */
export type Where = {
  readonly method?: string;
  /** A part of the address with its query, or a pattern for it. */
  readonly path?: string | RegExp;
  readonly nth?: number;
  readonly times?: number;
};

/** What came through, in the order in which it came. */
export type Seen = { readonly method: string; readonly path: string; readonly faulted: boolean };

/** A fault in its place; `met` is fulfilled once the first request has met it. */
export type Planted = { readonly met: Promise<void>; readonly count: number; remove(): void };

export type FaultProxy = {
  /** Stands for the target, without a slash at its end. */
  readonly url: string;
  readonly seen: readonly Seen[];
  /** Of several faults that match, the first one planted that still waits for its request is met. */
  plant(where: Where, fault: Fault): Planted;
  /** Takes all faults away, and forgets what was seen. */
  clear(): void;
  close(): Promise<void>;
};

/** Stands between a client and an HTTP server, and does to chosen requests what networks and servers do. */
export const startFaultProxy = async (target: string): Promise<FaultProxy> => {
  const seen: Seen[] = [];
  let planted: Trap[] = [];
  // No connection is used twice behind the proxy: one that a fault broke must not be what the next request meets.
  const agent = new Agent({ keepAlive: false });
  const server = createServer((asked, answer) => {
    const trap = planted.filter((each) => each.matches(asked)).find((each) => each.springs());
    seen.push({ method: asked.method ?? '', path: asked.url ?? '', faulted: trap !== undefined });
    const exchange = { asked, answer, forward: () => forward(target, agent, { asked, answer }) };
    // Whatever breaks between the three of us is for the client to notice: on its connection.
    (trap?.fault ?? passOn)(exchange).catch(() => answer.destroy());
  });
  server.requestTimeout = 0;
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    plant: (where, fault) => {
      const trap = setTrap(where, fault);
      planted.push(trap);
      return {
        met: trap.met,
        get count() {
          return trap.count();
        },
        remove: () => {
          planted = planted.filter((each) => each !== trap);
        },
      };
    },
    clear: () => {
      planted = [];
      seen.length = 0;
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
};

type Trap = {
  readonly fault: Fault;
  readonly met: Promise<void>;
  matches(asked: IncomingMessage): boolean;
  /** Counts a request that matches, and tells whether it is one of those to meet the fault. */
  springs(): boolean;
  count(): number;
};

const setTrap = ({ method, path, nth = 1, times = 1 }: Where, fault: Fault): Trap => {
  const met = Promise.withResolvers<void>();
  let matched = 0;
  let count = 0;
  return {
    fault,
    met: met.promise,
    matches: ({ method: asked, url = '' }) =>
      (method === undefined || method === asked) &&
      (path === undefined || (typeof path === 'string' ? url.includes(path) : path.test(url))),
    springs: () => {
      matched += 1;
      if (matched < nth || count >= times) return false;
      count += 1;
      met.resolve();
      return true;
    },
    count: () => count,
  };
};

/** The request as it came, its Host as well: that is what clients sign. */
const forward = (
  target: string,
  agent: Agent,
  { asked, answer }: Pick<Exchange, 'asked' | 'answer'>,
): ReturnType<Exchange['forward']> => {
  const { hostname, port } = new URL(target);
  const sent = request({
    agent,
    hostname,
    port,
    method: asked.method,
    path: asked.url,
    headers: asked.rawHeaders,
    setHost: false,
  });
  // A client that has gone away is gone for the server as well.
  answer.once('close', () => sent.destroy());
  const answered = once(sent, 'response').then(([received]) => received as IncomingMessage);
  // Who waits for the answer is told of the error there; nobody may be waiting any more.
  answered.catch(() => undefined);
  sent.on('error', () => undefined);
  return { sent, answered };
};
