/**
 * Why nothing was fetched or sent: `malformed` and `not_allowed` are for whoever gave the address, `refused` and
 * `too_large` for whoever answers there, and only `unreachable` may mend itself. The message names the host and nothing
 * else of the address: what follows it is often a secret.
 */
export type FetchFault = 'malformed' | 'not_allowed' | 'unreachable' | 'refused' | 'too_large';

export class FetchError extends Error {
  readonly fault: FetchFault;

  constructor(fault: FetchFault, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'FetchError';
    this.fault = fault;
  }
}
