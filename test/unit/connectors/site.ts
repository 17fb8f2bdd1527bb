import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { httpServer } from '../fetch/http-server.ts';

export type Page = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Buffer;
};
type Answer =
  | Page
  | string
  | ((path: string, headers: IncomingHttpHeaders, response: ServerResponse) => Page | string | undefined);

/** A site on this machine: what is not among its pages is not there. A function may answer by itself. */
export async function site(pages: Readonly<Record<string, Answer>>) {
  const server = await httpServer(({ path, headers }, response) => {
    const found = pages[path] ?? pages['*'] ?? { status: 404, body: 'nothing' };
    const page = typeof found === 'function' ? found(path, headers, response) : found;
    if (page === undefined) return;
    const { status = 200, headers: extra = {}, body = '' } = typeof page === 'string' ? { body: page } : page;
    const type = path === '/robots.txt' ? 'text/plain' : 'text/html; charset=utf-8';
    response.writeHead(status, { 'content-type': type, ...extra }).end(body);
  });
  return { ...server, paths: () => server.seen.map(({ path }) => path) };
}

/** A page that leads to others. */
export const linking = (...paths: readonly string[]): string =>
  `<!doctype html><html><body>${paths.map((path) => `<a href="${path}">x</a>`).join('')}</body></html>`;
