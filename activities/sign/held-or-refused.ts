import { CertusError } from '../../contracts/errors.ts';
import { CustodyError } from '../../domain/custody/custody-error.ts';

/** What does not hold is refused with a code that a caller knows: wrong cryptography, or a signer who is not believed. */
export function heldOrRefused<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof CustodyError)) throw error;
    throw new CertusError(codeOf(error), `refused, ${error.code}: ${error.message}`, { cause: error });
  }
}

function codeOf({ code, family }: CustodyError): 'key_revoked' | 'untrusted_signer' | 'signature_invalid' {
  if (code === 'key_revoked') return code;
  return family === 'trust' ? 'untrusted_signer' : 'signature_invalid';
}
