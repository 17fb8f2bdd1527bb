import { Client, Connection, isRetryableError, makeGrpcRetryInterceptor } from '@temporalio/client';
import { CertusError } from '../../contracts/errors.ts';
import type { Settings } from '../config/settings.ts';

export type TemporalSettings = Pick<
  Settings,
  'CERTUS_TEMPORAL_ADDRESS' | 'CERTUS_TEMPORAL_NAMESPACE' | 'CERTUS_TEMPORAL_API_KEY'
>;

/** How any process reaches Temporal; TLS goes with an API key, which must never cross a wire in the clear. */
export const connectionOptions = (settings: TemporalSettings) => ({
  address: settings.CERTUS_TEMPORAL_ADDRESS,
  ...(settings.CERTUS_TEMPORAL_API_KEY === undefined
    ? {}
    : { apiKey: settings.CERTUS_TEMPORAL_API_KEY, tls: true as const }),
});

/** Connects at the first call and again after a failure, so that a process may start before Temporal does. */
export function connectTemporal(settings: TemporalSettings): Client {
  const connection = Connection.lazy({ ...connectionOptions(settings), interceptors: [retryBriefly] });
  return new Client({ connection, namespace: settings.CERTUS_TEMPORAL_NAMESPACE });
}

/**
 * Bridges a hiccup and then says no. The SDK's own patience of ten attempts outlasts a call's deadline by seconds,
 * and its timer brings the process down when it fires after the connection was closed.
 */
const retryBriefly = makeGrpcRetryInterceptor({
  retryableDecider: (attempt, status) => attempt <= 3 && isRetryableError(status),
  delayFunction: (attempt) => attempt * 50,
});

/** Throws `dependency_unavailable` when the namespace does not answer in time. */
export async function pingTemporal(client: Client, milliseconds = 3000): Promise<void> {
  const namespace = client.options.namespace;
  try {
    await client.connection.withDeadline(Date.now() + milliseconds, () =>
      client.workflowService.describeNamespace({ namespace }),
    );
  } catch (cause) {
    throw new CertusError('dependency_unavailable', `Temporal does not answer for namespace ${namespace}`, {
      cause,
    });
  }
}
