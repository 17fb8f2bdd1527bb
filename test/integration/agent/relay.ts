import { type AddressInfo, createServer, type Socket } from 'node:net';
import { connect, createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { gunzipSync } from 'node:zlib';

type Ends = {
  /** What the relay shows to the agent, and believes of the platform. */
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
  /** Which it asks of the agent, and shows to the platform in its name. */
  readonly agentCa: string;
  readonly agent: { readonly certificatePem: string; readonly keyPem: string };
};

/**
 * A line between an agent and the platform that can be cut, and hears what goes over it: both ends of the encryption are its own,
 * so it sees every byte that the agent has sent.
 */
export async function startRelay(port: number, { cert, key, ca, agentCa, agent }: Ends) {
  const sockets = new Set<Socket>();
  const heard = new Map<TLSSocket, Buffer[]>();
  const keep = (socket: Socket, other: () => Socket | undefined) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      other()?.destroy();
    });
  };
  const ends = createTlsServer({ cert, key, ca: agentCa, requestCert: true }, (near) => {
    const parts: Buffer[] = [];
    heard.set(near, parts);
    const far = connect({
      ...{ host: '127.0.0.1', port, servername: 'localhost', ca },
      ...{ cert: agent.certificatePem, key: agent.keyPem },
    });
    keep(near, () => far);
    keep(far, () => near);
    near.on('data', (chunk: Buffer) => parts.push(chunk));
    near.pipe(far).pipe(near);
  });
  ends.on('tlsClientError', () => undefined);
  const isCut = { now: false };
  // the line itself: what is cut here is cut in the middle of whatever is on its way
  const line = createServer((socket) => {
    if (isCut.now) socket.destroy();
    else {
      sockets.add(socket);
      ends.emit('connection', socket);
    }
  });
  await new Promise<void>((done) => line.listen(0, '127.0.0.1', done));
  const destroyAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `https://localhost:${(line.address() as AddressInfo).port}`,
    cut: () => {
      isCut.now = true;
      destroyAll();
    },
    mend: () => {
      isCut.now = false;
    },
    /** All that the agent has sent: as it was on the line, and its bodies unfolded. */
    sent: (): string[] => [...heard.values()].flatMap((parts) => unfolded(Buffer.concat(parts))),
    requests: (): number => [...heard.values()].flatMap((parts) => requestsIn(Buffer.concat(parts))).length,
    close: async () => {
      destroyAll();
      await new Promise((done) => line.close(done));
    },
  };
}

export type Relay = Awaited<ReturnType<typeof startRelay>>;

type Heard = { readonly head: string; readonly body: Buffer };

function requestsIn(stream: Buffer): Heard[] {
  const found: Heard[] = [];
  for (let at = 0; at < stream.length; ) {
    const end = stream.indexOf('\r\n\r\n', at);
    if (end === -1) break;
    const head = stream.toString('latin1', at, end);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    found.push({ head, body: stream.subarray(end + 4, end + 4 + length) });
    at = end + 4 + length;
  }
  return found;
}

/** Every layer of it as a text. */
function unfolded(stream: Buffer): string[] {
  const layers = requestsIn(stream).flatMap(({ head, body }) => {
    if (body.length === 0) return [head];
    const bundle = opened(body);
    if (bundle === undefined) return [head];
    const { payload } = JSON.parse(bundle).dsseEnvelope;
    return [head, bundle, Buffer.from(payload, 'base64').toString('utf8')];
  });
  return [stream.toString('latin1'), ...layers];
}

/** One that was cut in the middle does not unfold: it came again. */
function opened(body: Buffer): string | undefined {
  try {
    return gunzipSync(body).toString('utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR') return undefined;
    throw error;
  }
}
