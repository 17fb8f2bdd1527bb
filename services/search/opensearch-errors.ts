import { errors } from '@opensearch-project/opensearch';
import { CertusError } from '../../contracts/errors.ts';

/** Runs a request; when OpenSearch could not do its part, the error says so and is worth another try. */
export async function answered<T>(request: PromiseLike<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    const reason = unavailability(error);
    if (reason === undefined) throw error;
    throw new CertusError('dependency_unavailable', `OpenSearch ${reason}.`, { cause: error });
  }
}

/** Too busy, behind a proxy that cannot reach it, or starting up. */
export const BUSY_STATES: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);

/** What a moment later may be done: it is overrun, or an index takes no writes while another takes its place. */
export function passes(error: unknown): boolean {
  const cause = error instanceof CertusError ? error.cause : error;
  if (!(cause instanceof errors.ResponseError)) return false;
  return cause.statusCode === 429 || cause.statusCode === 503 || isBlocked(cause);
}

/** Also when only one of many documents met the block. */
const isBlocked = ({ meta }: errors.ResponseError): boolean =>
  JSON.stringify(meta.body ?? null).includes(BLOCKED);

export const BLOCKED = 'cluster_block_exception';

/** `undefined` for errors that are ours: a request it does not understand stays a bug. */
function unavailability(error: unknown): string | undefined {
  if (error instanceof errors.ResponseError) {
    const status = error.statusCode ?? 0;
    if (isBlocked(error)) return 'takes no writes now';
    if (status === 401 || status === 403) return 'refused our credentials';
    if (error.message.includes('index_not_found_exception')) return 'has no index yet';
    return BUSY_STATES.has(status) ? `cannot serve us now (${status})` : undefined;
  }
  if (error instanceof errors.TimeoutError) return 'did not answer in time';
  return error instanceof errors.OpenSearchClientError ? 'cannot be reached' : undefined;
}
