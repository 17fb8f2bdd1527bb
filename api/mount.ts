import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Express, Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { CertusError } from '../contracts/errors.ts';
import type { Authenticator } from './authentication.ts';
import { logError } from './log-error.ts';
import { sendProblem } from './problems.ts';
import { readBody } from './read-body.ts';
import { takeYourTime } from './request-deadline.ts';
import type { Answer, Route } from './route.ts';
import { acceptUpgrade } from './streams/upgrade.ts';
import { validate } from './validate.ts';

/** Serves the table: for each route who may call, then what is sent, then the handler. */
export function mountRoutes(app: Express, routes: readonly Route[], who: Authenticator, log: Logger): void {
  for (const path of new Set(routes.map((route) => route.path))) {
    const served = routes.filter((route) => route.path === path);
    const here = app.route(expressPath(path, served));
    for (const route of served) {
      here[route.method](
        authentication(route, who),
        ...(route.body ? [jsonOnly, readBody(route.body.limit)] : []),
        ...(route.upload ? [allowUpload] : []),
        handler(route, log),
      );
    }
    here.all(methodNotAllowed(served));
  }
}

function expressPath(path: string, served: readonly Route[]): string {
  const rest = served.find((route) => route.rest !== undefined)?.rest;
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => (name === rest ? `*${name}` : `:${name}`));
}

function authentication(route: Route, who: Authenticator): RequestHandler {
  return async (request, response, next) => {
    if (route.auth !== 'token') return next();
    const principal = await who.authenticate(request.headers.authorization);
    if (!principal)
      throw new CertusError('unauthenticated', 'send the token as "Authorization: Bearer <token>"');
    if (route.role !== undefined && !principal.roles.includes(route.role))
      throw new CertusError('forbidden', `this takes the role ${route.role}`);
    response.locals.principal = principal;
    next();
  };
}

const jsonOnly: RequestHandler = (request, _response, next) => {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type === 'application/json') next();
  else next(new CertusError('unsupported_media_type', 'send the body as Content-Type: application/json'));
};

/** Only whoever may call gets the time that a large file takes. */
const allowUpload: RequestHandler = (request, _response, next) => {
  takeYourTime(request);
  next();
};

function handler(route: Route, log: Logger): RequestHandler {
  return async (request, response) => {
    const parts = validate({
      params: { schema: route.params, value: parameters(request) },
      query: { schema: route.query, value: { ...request.query } },
      headers: { schema: route.headers, value: request.headers },
      body: { schema: route.body?.schema, value: request.body },
    });
    const call = {
      ...parts,
      upload: request,
      principal: response.locals.principal,
      log: log.child({ request_id: response.locals.requestId }),
      requestId: response.locals.requestId,
    };
    await send(
      request,
      response,
      await route.handle(call as unknown as Parameters<Route['handle']>[0]),
      call.log,
    );
  };
}

/** The rest of a path comes in pieces. */
function parameters(request: Request): Record<string, string> {
  const values = Object.entries<string | string[]>(request.params);
  return Object.fromEntries(values.map(([name, value]) => [name, [value].flat().join('/')]));
}

async function send(request: Request, response: Response, answer: Answer, log: Logger): Promise<void> {
  if (answer.converse) {
    const socket = await acceptUpgrade(request);
    return socket && answer.converse(socket);
  }
  const stream = request.method === 'HEAD' ? undefined : await answer.stream?.();
  response.status(answer.status).set(answer.headers ?? {});
  if (answer.contentType) response.type(answer.contentType);
  if (stream) await sendStream(response, stream, log);
  else if (answer.problem) sendProblem(response, answer.problem);
  else if (answer.body === undefined) response.end();
  else if (typeof answer.body === 'string' || Buffer.isBuffer(answer.body)) response.send(answer.body);
  else response.json(answer.body);
}

/** A caller who has not read anything for so long is gone, or holds the connection for its own sake. */
const STALLED = 60_000;

async function sendStream(response: Response, stream: Readable, log: Logger): Promise<void> {
  response.setTimeout(STALLED, () => response.destroy());
  response.flushHeaders();
  try {
    await pipeline(stream, response);
  } catch (error) {
    // The head is out already: breaking off is the only way left to say that something went wrong.
    if ((error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE') return;
    log.warn({ err: logError(error) }, 'the answer broke off');
  }
}

function methodNotAllowed(served: readonly Route[]): RequestHandler {
  const methods = served.flatMap(({ method }) =>
    method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()],
  );
  return (request, response, next) => {
    response.setHeader('Allow', methods.join(', '));
    next(
      new CertusError(
        'method_not_allowed',
        `${request.method} is not possible here, only ${methods.join(', ')}`,
      ),
    );
  };
}
