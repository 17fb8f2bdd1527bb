import { VerificationError } from '@sigstore/verify';
import { CertusError } from '../../contracts/errors.ts';

/** What a service answers is somebody else's word until it is checked; this is what is thrown when the check fails. */
export const untrusted = (service: string, what: string, cause?: unknown): CertusError =>
  new CertusError('answer_untrusted', `${service} ${what}.`, cause === undefined ? {} : { cause });

/** Runs a check over foreign bytes. Parsers of them throw whatever they throw: all of it means that the answer is no good. */
export function orUntrusted<T>(service: string, what: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof CertusError) throw error;
    const why = error instanceof VerificationError ? `: ${error.message}` : '';
    throw untrusted(service, `${what}${why}`, error);
  }
}
