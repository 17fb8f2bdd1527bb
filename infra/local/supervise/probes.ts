import { connect as connectHttp2, constants } from 'node:http2';

/** Resolves when the server works; otherwise rejects with the reason, which ends up in the error of a failed start. */
export type Probe = () => Promise<void>;

const LIMIT_MS = 2_000;

/** Any of the statuses will do: a server that asks for credentials is a server that works. */
export function httpProbe(url: string, statuses: readonly number[]): Probe {
  return async () => {
    const response = await fetch(url, { signal: AbortSignal.timeout(LIMIT_MS), redirect: 'manual' });
    await response.arrayBuffer();
    if (!statuses.includes(response.status)) throw new Error(`${url} answers ${response.status}`);
  };
}

/**
 * The gRPC health check (grpc.health.v1) over plain HTTP/2. A gRPC client library would cost the supervisor
 * more memory than everything else it does.
 */
export function grpcProbe(port: number, service: string): Probe {
  return () =>
    new Promise((resolve, reject) => {
      const session = connectHttp2(`http://127.0.0.1:${port}`);
      session.setTimeout(LIMIT_MS, () => session.destroy(new Error(`port ${port} does not answer`)));
      session.once('error', reject);
      const request = session.request({
        [constants.HTTP2_HEADER_METHOD]: 'POST',
        [constants.HTTP2_HEADER_PATH]: '/grpc.health.v1.Health/Check',
        [constants.HTTP2_HEADER_CONTENT_TYPE]: 'application/grpc',
        [constants.HTTP2_HEADER_TE]: 'trailers',
      });
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.once('error', reject);
      request.once('end', () => {
        session.close();
        if (Buffer.concat(chunks).equals(SERVING)) resolve();
        else reject(new Error(`${service} is not serving yet`));
      });
      request.end(healthRequest(service));
    });
}

/** gRPC frame (not compressed, length 2) around HealthCheckResponse { status: SERVING }. */
const SERVING = Buffer.from([0, 0, 0, 0, 2, 0x08, 0x01]);

/** gRPC frame around HealthCheckRequest { service }. */
function healthRequest(service: string): Buffer {
  const name = Buffer.from(service);
  return Buffer.concat([Buffer.from([0, 0, 0, 0, name.length + 2, 0x0a, name.length]), name]);
}
