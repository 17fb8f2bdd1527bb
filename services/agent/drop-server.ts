import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CertusError } from '../../contracts/errors.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { isFileError } from '../files/failure.ts';
import type { Logger } from '../log/log.ts';
import { Turns } from '../privacy/turns.ts';
import type { SourceOf } from './configuration.ts';
import type { Spool } from './spool.ts';

export type DropServer = { readonly port: number; readonly close: () => Promise<void> };

/** Takes SARIF reports from tools at the site: `POST /sarif` or, to be one that takes the place of the last, `/sarif/NAME`. */
export async function startDrop(
  source: SourceOf<'drop'>,
  { spool, log }: { readonly spool: Spool; readonly log: Logger },
): Promise<DropServer> {
  const turns = new Turns(AT_ONCE);
  const server = createServer({ requestTimeout: 120_000, headersTimeout: 20_000 }, (request, response) => {
    answer(request, source, spool, turns).then(
      (answered) => reply(request, response, answered),
      (error: unknown) => {
        const code = error instanceof CertusError ? error.code : 'internal_error';
        log.error({ source: source.name, code }, 'a report could not be taken');
        reply(request, response, no(503, code, 'try again later', LATER));
      },
    );
  });
  server.maxConnections = 64;
  server.listen(source.port, source.host);
  try {
    await once(server, 'listening');
  } catch (error) {
    if (!isFileError(error)) throw error;
    throw new CertusError(
      'dependency_unavailable',
      `${source.name}: cannot listen on ${source.host}:${source.port}: ${error.code}`,
    );
  }
  return { port: (server.address() as AddressInfo).port, close: () => closed(server) };
}

type Answer = {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
};

const LATER = { 'retry-after': '30' };

const no = (status: number, code: string, detail: string, headers: Answer['headers'] = {}): Answer => ({
  status,
  body: { code, detail },
  headers,
});

async function answer(
  request: IncomingMessage,
  source: SourceOf<'drop'>,
  spool: Spool,
  turns: Turns,
): Promise<Answer> {
  const [pathname = ''] = (request.url ?? '').split('?', 1);
  const [, name] = /^\/sarif(?:\/([A-Za-z0-9][A-Za-z0-9._-]{0,199}))?$/.exec(pathname) ?? [];
  if (!pathname.startsWith('/sarif')) return no(404, 'not_found', 'reports go to /sarif or /sarif/NAME');
  if (name === undefined && pathname !== '/sarif')
    return no(422, 'invalid_request', 'a name is 1 to 200 of A-Z a-z 0-9 . _ -');
  if (request.method !== 'POST' && request.method !== 'PUT')
    return no(405, 'method_not_allowed', 'reports are posted', { allow: 'POST, PUT' });
  // pages that a person looks at can reach this machine as well: they say where they come from
  if (request.headers.origin !== undefined) return no(403, 'forbidden', 'browsers bring no reports');
  if (!(await isLetIn(request, source))) return no(401, 'unauthenticated', 'bring the token of this drop');
  if (!/^application\/(?:sarif\+json|json)(?:;|$)/.test(request.headers['content-type'] ?? ''))
    return no(415, 'unsupported_media_type', 'send application/sarif+json');
  if (request.headers['content-encoding'] !== undefined)
    return no(415, 'unsupported_media_type', 'send it as it is, without an encoding');
  return turns.take(() => taken(request, source, spool, name));
}

/** The rest waits with what it brings: each report is held in memory until it is on the disk. */
const AT_ONCE = 4;

async function taken(
  request: IncomingMessage,
  source: SourceOf<'drop'>,
  spool: Spool,
  name: string | undefined,
): Promise<Answer> {
  const bytes = await bodyOf(request, source.max_bytes);
  if (bytes === undefined)
    return no(413, 'payload_too_large', `a report here has at most ${source.max_bytes} bytes`);
  if (!/^\ufeff?\s{0,1000}\{/.test(bytes.subarray(0, 2000).toString('utf8')))
    return no(422, 'report_invalid', 'this is no SARIF report');
  const digest = sha256(bytes);
  const answered = await spool.drop(source.name, name ?? `${digest.slice(0, 32)}.sarif`, bytes);
  return answered === 'full'
    ? no(507, 'spool_full', 'the spool is full until the platform has taken some of it', LATER)
    : { status: 202, body: { accepted: true, sha256: digest } };
}

async function isLetIn(request: IncomingMessage, { token_file }: SourceOf<'drop'>): Promise<boolean> {
  if (token_file === undefined) return true;
  const token = (await readFile(token_file, 'utf8')).trim();
  const given = /^Bearer (\S{1,4096})$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  // digests are of one length, and tell nothing of where two tokens part
  return token !== '' && timingSafeEqual(Buffer.from(sha256(token)), Buffer.from(sha256(given)));
}

async function bodyOf(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return undefined;
  const chunks: Uint8Array[] = [];
  let size = 0;
  // the stream is not ended with the loop: an answer is still expected
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

function reply(
  request: IncomingMessage,
  response: ServerResponse,
  { status, body, headers = {} }: Answer,
): void {
  if (response.destroyed) return;
  // what was not read of a body would be taken for the next request
  const ending = request.complete ? {} : { connection: 'close' };
  response.writeHead(status, { 'content-type': 'application/json', ...headers, ...ending });
  response.end(`${JSON.stringify(body)}\n`);
}

async function closed(server: Server): Promise<void> {
  const done = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const hurry = setTimeout(() => server.closeAllConnections(), 5000);
  await done;
  clearTimeout(hurry);
}
