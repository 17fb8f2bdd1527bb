import type { ErrorRequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { CertusError, ERROR_STATUS, type ErrorCode, type FieldError } from '../contracts/errors.ts';
import type { Problem } from '../contracts/problem.ts';
import { dependencyFailure } from './dependency-failure.ts';
import { logError } from './log-error.ts';

/** The one place where errors become answers. What is not meant for a caller is logged and answered as a bug. */
export function problemHandler(log: Logger): ErrorRequestHandler {
  return (error, request, response, next) => {
    const known = asCertusError(error);
    const status = ERROR_STATUS[known.code];
    if (status >= 500) {
      log.error(
        { request_id: response.locals.requestId, method: request.method, err: logError(error) },
        known.code,
      );
    }
    if (response.headersSent) next(error);
    else sendProblem(response, known);
  };
}

export function sendProblem(response: Response, error: CertusError): void {
  const body = problem(error, response.locals.requestId as string);
  if (error.code === 'unauthenticated') response.setHeader('WWW-Authenticate', 'Bearer realm="certus"');
  if (error.code === 'upgrade_required') response.set({ Upgrade: 'websocket', Connection: 'Upgrade' });
  const after = RETRY_AFTER[error.code];
  if (after !== undefined) response.setHeader('Retry-After', after);
  response.status(body.status).type('application/problem+json').send(JSON.stringify(body));
}

/** Of what is soon otherwise, in seconds. */
const RETRY_AFTER: Partial<Readonly<Record<ErrorCode, string>>> = {
  dependency_unavailable: '5',
  delivery_waits: '2',
};

export function problem(error: CertusError, requestId: string): Problem {
  const internal = error.code === 'internal_error';
  return {
    type: `https://certus.dev/problems/${error.code}`,
    title: title(error.code),
    status: ERROR_STATUS[error.code],
    // An unexpected error's message may hold paths, SQL or data of others.
    detail: internal
      ? 'Something went wrong on our side; the log has more under this request_id.'
      : error.message,
    code: error.code,
    request_id: requestId,
    errors: internal ? [] : [...error.fields],
  };
}

export function title(code: ErrorCode): string {
  const words = code.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function asCertusError(error: unknown): CertusError {
  if (error instanceof CertusError) return error;
  return (
    pathFailure(error) ??
    bodyFailure(error) ??
    dependencyFailure(error) ??
    new CertusError('internal_error', 'unexpected error', { cause: error })
  );
}

/** The router throws it for a path that is no percent-encoded text, and so names nothing. */
function pathFailure(error: unknown): CertusError | undefined {
  const named = (error as { name?: unknown } | null)?.name === 'URIError';
  return named ? new CertusError('not_found', 'there is nothing at this path; see /docs') : undefined;
}

const BODY_FAILURES: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  'entity.too.large': ['payload_too_large', 'the body is larger than this route takes'],
  'entity.parse.failed': ['malformed_json', 'the body is not valid JSON'],
  'encoding.unsupported': ['unsupported_media_type', 'send the body without Content-Encoding'],
  'charset.unsupported': ['unsupported_media_type', 'send the body as UTF-8'],
  'request.size.invalid': ['malformed_json', 'the body is not as long as Content-Length says'],
  'request.aborted': ['malformed_json', 'the body ended early'],
};

/** What the body parser throws, by its documented `type`. */
function bodyFailure(error: unknown): CertusError | undefined {
  const type = (error as { type?: unknown } | null)?.type;
  const known = typeof type === 'string' ? BODY_FAILURES[type] : undefined;
  return known && new CertusError(known[0], known[1], { cause: error });
}

export function invalid(fields: readonly FieldError[]): CertusError {
  const [first, ...others] = fields;
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  const detail = first
    ? `${first.path || 'the request'}: ${first.message}${more}`
    : 'the request is not valid';
  return new CertusError('invalid_request', detail, { fields });
}
