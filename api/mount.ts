import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import type { Logger } from 'pino';
import { CertusError } from '../contracts/errors.ts';
import type { Authenticator } from './authentication.ts';
import type { Answer, Route } from './route.ts';
import { validate } from './validate.ts';

const readJson = (limit = 1024 * 1024) =>
  express.json({ limit, inflate: false, strict: false, type: () => true });

/** Serves the table: for each route who may call, then what is sent, then the handler. */
export function mountRoutes(app: Express, routes: readonly Route[], who: Authenticator, log: Logger): void {
  for (const path of new Set(routes.map((route) => route.path))) {
    const served = routes.filter((route) => route.path === path);
    const here = app.route(path.replaceAll(/\{(\w+)\}/g, ':$1'));
    for (const route of served) {
      here[route.method](
        authentication(route, who),
        ...(route.body ? [jsonOnly, readJson(route.body.limit)] : []),
        handler(route, log),
      );
    }
    here.all(methodNotAllowed(served));
  }
}

function authentication(route: Route, who: Authenticator): RequestHandler {
  return async (request, response, next) => {
    if (route.auth === 'none') return next();
    const principal = await who.authenticate(request.headers.authorization);
    if (!principal)
      throw new CertusError('unauthenticated', 'send the token as "Authorization: Bearer <token>"');
    response.locals.principal = principal;
    next();
  };
}

const jsonOnly: RequestHandler = (request, _response, next) => {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type === 'application/json') next();
  else next(new CertusError('unsupported_media_type', 'send the body as Content-Type: application/json'));
};

function handler(route: Route, log: Logger): RequestHandler {
  return async (request, response) => {
    const parts = validate({
      params: { schema: route.params, value: request.params },
      query: { schema: route.query, value: { ...request.query } },
      headers: { schema: route.headers, value: request.headers },
      body: { schema: route.body?.schema, value: request.body },
    });
    const call = {
      ...parts,
      principal: response.locals.principal,
      log: log.child({ request_id: response.locals.requestId }),
    };
    send(request, response, await route.handle(call as Parameters<Route['handle']>[0]));
  };
}

function send(_request: Request, response: Response, answer: Answer): void {
  response.status(answer.status).set(answer.headers ?? {});
  if (answer.contentType) response.type(answer.contentType);
  if (answer.body === undefined) response.end();
  else if (typeof answer.body === 'string' || Buffer.isBuffer(answer.body)) response.send(answer.body);
  else response.json(answer.body);
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
