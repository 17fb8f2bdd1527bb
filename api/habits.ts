import type { Express, RequestHandler } from 'express';
import { CertusError } from '../contracts/errors.ts';
import type { Logger } from '../services/log/log.ts';
import { problemHandler } from './problems.ts';
import { requestId } from './request-id.ts';

/** What every listener of ours does with every request before it looks at it. */
export function takeUpHabits(app: Express, log: Logger): void {
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');
  app.enable('strict routing');
  app.use(identify, secureHeaders, logged(log));
}

/** And with what nobody has answered. */
export function answerTheRest(app: Express, log: Logger): void {
  app.use(notFound);
  app.use(problemHandler(log));
}

const identify: RequestHandler = (request, response, next) => {
  response.locals.requestId = requestId(request.headers['x-request-id']);
  response.setHeader('X-Request-Id', response.locals.requestId);
  next();
};

/** Answers are data for programs: nothing may frame, sniff, cache or run them. The documentation page loosens its own. */
const secureHeaders: RequestHandler = (_request, response, next) => {
  response.set({
    'Cache-Control': 'no-store',
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
  });
  next();
};

/** A line per request: the path without its query, which may hold what somebody searched for. */
function logged(log: Logger): RequestHandler {
  return (request, response, next) => {
    const began = performance.now();
    const { method, path } = request;
    response.once('close', () => {
      const { requestId: id, principal } = response.locals;
      log.info(
        {
          request_id: id,
          method,
          path,
          status: response.statusCode,
          ms: Math.round(performance.now() - began),
          ...(principal ? { tenant: principal.tenant, subject: principal.subject } : {}),
          ...(response.writableFinished || response.statusCode === 101 ? {} : { aborted: true }),
        },
        'request',
      );
    });
    next();
  };
}

const notFound: RequestHandler = (_request, _response, next) => {
  next(new CertusError('not_found', 'there is nothing at this path; see /docs'));
};
