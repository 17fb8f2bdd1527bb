import { CertusError } from '../../contracts/errors.ts';

/** Runs a query; when the database could not do its part, the error says so and is worth another try. */
export async function reachable<T>(query: PromiseLike<T>): Promise<T> {
  try {
    return await query;
  } catch (error) {
    const reason = unavailability(error);
    if (reason === undefined) throw error;
    throw new CertusError('dependency_unavailable', `The database ${reason}.`, { cause: error });
  }
}

/** `undefined` for errors that are ours: a broken query stays a bug, however often it is tried. */
function unavailability(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (NETWORK_MESSAGES.test(error.message)) return 'did not answer in time or closed the connection';
  const cause = driverCause(error);
  const state = textOf(cause, 'originalCode') ?? textOf(cause, 'code') ?? '';
  const kind = textOf(cause, 'kind') ?? '';
  const prismaCode = textOf(error, 'code') ?? '';
  if (prismaCode === 'P2021' || prismaCode === 'P2022' || state === '42P01' || state === '42703') {
    return 'has not been migrated to this release';
  }
  if (state === '3D000') return 'does not exist on the server';
  if (state.startsWith('28')) return 'refused our credentials';
  if (state === '57014') return 'took longer than the time limit of a statement';
  if (UNAVAILABLE_STATES.test(state)) return `cannot serve us now (${state})`;
  if (UNREACHABLE_KINDS.has(kind) || prismaCode.startsWith('P10')) return 'cannot be reached';
  return undefined;
}

/** What pg throws when the network fails has a message and nothing else. */
const NETWORK_MESSAGES =
  /^(Query read timeout|timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|Cannot use a pool after calling end|read ECONNRESET|write EPIPE|connect E|getaddrinfo )/;

/** Connection lost, out of resources, shutting down, deadlock or serialization failure, lock timeout, read-only standby. */
const UNAVAILABLE_STATES = /^(08|53|57P|40|55P03|25006)/;

const UNREACHABLE_KINDS = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TlsConnectionError',
  'TooManyConnections',
]);

/** Prisma keeps the driver's own account below `meta`; on errors of the driver itself it is the cause. */
function driverCause(error: Error): unknown {
  const meta = property(error, 'meta');
  return property(property(meta, 'driverAdapterError'), 'cause') ?? error.cause ?? error;
}

function textOf(value: unknown, name: string): string | undefined {
  const found = property(value, name);
  return typeof found === 'string' ? found : undefined;
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
