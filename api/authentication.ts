import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { Sha256, TenantId } from '../contracts/identifiers.ts';
import { AccessLabel } from '../contracts/index-record.ts';

/**
 * What somebody may do besides what everybody may: `admin` orders Trust and Transform, `reviewer` sees personal data that was
 * held back and decides about it.
 */
export const ROLES = ['admin', 'reviewer'] as const;
export type Role = (typeof ROLES)[number];

/** Who is asking, in whose data they may look, and what they may do there. */
export type Principal = {
  readonly tenant: string;
  readonly subject: string;
  readonly roles: readonly Role[];
  /** Finds records of the index that bear one of them, besides those that bear none. */
  readonly labels?: readonly string[] | undefined;
};

/** Turns the credentials of a request into a principal; `undefined` is a no. */
export interface Authenticator {
  authenticate(authorization: string | undefined): Promise<Principal | undefined>;
}

/** A person or a pipeline with a token of its own. Only the digest of the token is on disk. */
export const TokenHolder = z.strictObject({
  subject: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,99}$/),
  tenant: TenantId.default('default'),
  roles: z.array(z.enum(ROLES)).max(ROLES.length).default([]),
  labels: z.array(AccessLabel).max(100).optional(),
  token_sha256: Sha256,
});
export type TokenHolder = z.infer<typeof TokenHolder>;

/** No two under one name: who decides second would else be the one who decided first. */
export const TokenHolders = z
  .strictObject({ tokens: z.array(TokenHolder).max(10_000) })
  .refine(
    ({ tokens }) =>
      new Set(tokens.map(({ tenant, subject }) => `${tenant}/${subject}`)).size === tokens.length &&
      new Set(tokens.map(({ token_sha256 }) => token_sha256)).size === tokens.length &&
      tokens.every(({ subject }) => subject !== LOCAL),
    'each subject and each token stands there once, and none is called "local"',
  );

const LOCAL = 'local';

/** The one token of a local installation, which may do everything, and whoever else has one. */
export function tokenAuthenticator(local: string, others: readonly TokenHolder[] = []): Authenticator {
  if (local.length < 32) throw new Error('the API token is shorter than 32 characters');
  const holders = [
    { digest: digest(local), principal: { tenant: 'default', subject: LOCAL, roles: ROLES } },
    ...others.map(({ token_sha256, ...principal }) => ({
      digest: Buffer.from(token_sha256, 'hex'),
      principal,
    })),
  ];
  return {
    async authenticate(authorization) {
      const given = bearerToken(authorization);
      if (given === undefined) return undefined;
      const asked = digest(given);
      // Digests have one length, and all are compared, so that every guess takes the same time.
      const found = holders.filter((holder) => timingSafeEqual(asked, holder.digest));
      return found[0]?.principal;
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
