import { setTimeout as pause } from 'node:timers/promises';
import { CertusError } from '../../contracts/errors.ts';
import { checkUrl } from '../fetch/check-url.ts';
import { type Answer, exchange, type Outgoing } from '../fetch/exchange.ts';
import { FetchError } from '../fetch/fetch-error.ts';
import { withDeadline } from '../fetch/with-deadline.ts';
import { retryAfterMs, retrying, TryAgain } from '../registry/retry.ts';

/** How long one question may take, all attempts together. */
export type Patience = {
  readonly maxMilliseconds?: number;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Asks a service of Sigstore that the operator, or whoever typed the command, has named. A redirect is a refusal: identity
 * tokens go to nobody else. What may pass is tried again within the time; what is refused is not.
 */
export async function ask(
  service: string,
  address: string,
  outgoing: Outgoing & { readonly accepted?: readonly number[] },
  { maxMilliseconds = 30_000, signal }: Patience = {},
): Promise<Answer> {
  const host = hostOf(service, address);
  try {
    return await withDeadline(maxMilliseconds, signal, (until) =>
      retrying(
        (milliseconds) => pause(milliseconds, undefined, { signal: until }),
        () => attempt(service, address, host, outgoing, until),
      ),
    );
  } catch (error) {
    throw asCertusError(error, service);
  }
}

function hostOf(service: string, address: string): string {
  if (!URL.canParse(address))
    throw new CertusError('invalid_request', `The address of ${service} is no address.`);
  return new URL(address).hostname.replace(/^\[|\]$/g, '').toLowerCase();
}

async function attempt(
  service: string,
  address: string,
  host: string,
  { accepted = [], ...outgoing }: Outgoing & { readonly accepted?: readonly number[] },
  until: AbortSignal,
): Promise<Answer> {
  const answer = await exchange(
    await checkUrl(address, { allowedHosts: [host] }, until),
    outgoing,
    until,
  ).catch((error: unknown) => {
    if (error instanceof FetchError && error.fault === 'unreachable' && !until.aborted)
      throw new TryAgain(`${service}: ${error.message}.`, { cause: error });
    throw error;
  });
  const { status } = answer;
  if ((status >= 200 && status < 300) || accepted.includes(status)) return answer;
  const message = `${service} at ${host} answers ${status}.`;
  if (!PASSING.has(status) && status < 500) throw new CertusError('authority_refused', message);
  throw new TryAgain(message, { afterMs: retryAfterMs(answer.header('retry-after'), Date.now()) });
}

const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);

function asCertusError(error: unknown, service: string): unknown {
  if (!(error instanceof FetchError)) return error;
  const message = `${service}: ${error.message}.`;
  if (error.fault === 'unreachable')
    return new CertusError('dependency_unavailable', message, { cause: error });
  const code = error.fault === 'too_large' ? 'answer_untrusted' : 'invalid_request';
  return new CertusError(code, message, { cause: error });
}
