import { isGrpcServiceError } from '@temporalio/client';
import { CertusError } from '../contracts/errors.ts';

/** gRPC: cancelled (a call that a deadline overtook before it was sent), deadline exceeded, resource exhausted, unavailable. */
const GRPC_NOT_NOW = new Set([1, 4, 8, 14]);
/** PostgreSQL: connection exceptions, too many connections, shutting down, starting up. */
const POSTGRES_NOT_NOW = /^(08...|53300|57P0[123])$/;
const SOCKET_NOT_NOW = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ETIMEDOUT',
  'EPIPE',
]);
/** Prisma: cannot reach the server, timed out, closed, no connection free in the pool. */
const PRISMA_NOT_NOW = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2037']);

/** A server behind us that is down is not a bug: the caller may come again. */
export function dependencyFailure(error: unknown): CertusError | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth += 1) {
    const part = unavailablePart(at);
    if (part)
      return new CertusError('dependency_unavailable', `${part} does not answer right now`, { cause: error });
  }
  return undefined;
}

function unavailablePart(error: Error): string | undefined {
  if (isGrpcServiceError(error)) return GRPC_NOT_NOW.has(error.code) ? 'Temporal' : undefined;
  const code = String((error as { code?: unknown }).code ?? '');
  if (PRISMA_NOT_NOW.has(code) || POSTGRES_NOT_NOW.test(code)) return 'the database';
  return SOCKET_NOT_NOW.has(code) ? 'a server behind the API' : undefined;
}
