import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { serveRepository } from './http-backend.ts';

/** Servers of one suite, on this machine; `stop` after each test. */
export class GitServers {
  readonly #servers: Server[] = [];

  /** Serves every repository below the folder; `guard` may answer before git does, and then says so. */
  async git(
    root: string,
    guard: (...asked: Parameters<RequestListener>) => boolean = () => false,
  ): Promise<string> {
    const { stdout } = spawnSync('git', ['--exec-path'], { encoding: 'utf8' });
    const behind = serveRepository(join(stdout.trim(), 'git-http-backend'), root);
    return this.http((request, response) => {
      if (!guard(request, response)) behind.emit('request', request, response);
    });
  }

  async http(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    this.#servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const server of this.#servers.splice(0)) {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    }
  }
}

/** Lets in who shows the right name and password, and notes what everybody showed. */
export function basicAuth(username: string, password: string) {
  const right = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const shown: (string | undefined)[] = [];
  const guard = (request: IncomingMessage, response: Parameters<RequestListener>[1]): boolean => {
    shown.push(request.headers.authorization);
    if (request.headers.authorization === right) return false;
    response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
    return true;
  };
  return { guard, shown, right };
}
