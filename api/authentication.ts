import { createHash, timingSafeEqual } from 'node:crypto';

/** Who is asking, and in whose data they may look. */
export type Principal = { readonly tenant: string; readonly subject: string };

/** Turns the credentials of a request into a principal; `undefined` is a no. */
export interface Authenticator {
  authenticate(authorization: string | undefined): Promise<Principal | undefined>;
}

/** The one token of a local installation. */
export function localTokenAuthenticator(token: string): Authenticator {
  if (token.length < 32) throw new Error('the API token is shorter than 32 characters');
  const expected = digest(token);
  return {
    async authenticate(authorization) {
      const given = bearerToken(authorization);
      if (given === undefined) return undefined;
      // Digests have one length, so the comparison takes the same time for every guess.
      return timingSafeEqual(digest(given), expected) ? { tenant: 'default', subject: 'local' } : undefined;
    },
  };
}

/** `token` is what clients of code hosts write for `Bearer`. */
function bearerToken(authorization: string | undefined): string | undefined {
  return /^(?:bearer|token) +([A-Za-z0-9._~+/=-]{1,4096})$/i.exec(authorization ?? '')?.[1];
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
