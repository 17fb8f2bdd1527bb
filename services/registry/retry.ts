import { CertusError } from '../../contracts/errors.ts';

/** A refusal that may be over in a moment; carries how long the server asked us to stay away. */
export class TryAgain extends CertusError {
  readonly afterMs: number | undefined;

  constructor(message: string, options: { cause?: unknown; afterMs?: number | undefined } = {}) {
    super('dependency_unavailable', message, options.cause === undefined ? {} : { cause: options.cause });
    this.afterMs = options.afterMs;
  }
}

/**
 * A manifest was refused because a blob of it is not there. Where another publication is just writing the same blob anew, some
 * registries do not find it for a moment.
 */
export class BlobUnknown extends CertusError {
  constructor(message: string) {
    super('registry_refused', message);
  }
}

export type Wait = (ms: number) => Promise<unknown>;

/** A few attempts, further and further apart; then the last refusal, for the workflow above to wait longer than we do. */
export const retrying = async <T>(wait: Wait, attempt: () => Promise<T>): Promise<T> => {
  for (let tried = 1; ; tried += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof TryAgain) || tried === ATTEMPTS) throw error;
      const backoff = 200 * 2 ** (tried - 1) * (0.5 + Math.random());
      await wait(Math.min(error.afterMs ?? backoff, LONGEST_WAIT));
    }
  }
};

const ATTEMPTS = 5;
const LONGEST_WAIT = 30_000;

/** `Retry-After` is seconds or a date; anything else is as if it were not there. */
export const retryAfterMs = (header: string | undefined, now: number): number | undefined => {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
};
