import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';

/** An OpenID Connect token as its bearer sees it. Who may believe it decides Fulcio; we only need to know whom it names. */
export type IdentityToken = {
  readonly raw: string;
  /** What Fulcio wants signed, to see that the key is ours. */
  readonly challenge: string;
  /** The names that a certificate for this token may carry. */
  readonly identities: readonly string[];
  /** The issuers it may name. */
  readonly issuers: readonly string[];
};

/** The message of a refusal never quotes the token: whoever reads it in a log could sign with it. */
export function readIdentityToken(raw: string, now: Date): IdentityToken {
  const claims = readClaims(raw.trim());
  if (claims === undefined) throw refused('The identity token is no OpenID Connect token.');
  const { iss, sub, email, exp } = claims;
  if (exp !== undefined && exp * 1000 <= now.getTime()) throw refused('The identity token has expired.');
  if (email !== undefined && !isTrue(claims.email_verified))
    throw refused('The identity token names an email address that its issuer has not verified.');
  const challenge = email ?? sub;
  if (challenge === undefined) throw refused('The identity token names nobody.');
  return { raw: raw.trim(), challenge, identities: identitiesOf(claims), issuers: issuersOf(iss, claims) };
}

const MAX_TOKEN = 32 * 1024;
const TOKEN = /^[A-Za-z0-9_-]+\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]*$/;

const name = z.string().min(1).max(2048);
const Claims = z.object({
  iss: name,
  sub: name.optional(),
  email: name.optional(),
  email_verified: z.union([z.boolean(), z.string()]).optional(),
  exp: z.number().optional(),
  job_workflow_ref: name.optional(),
  ci_config_ref_uri: name.optional(),
  federated_claims: z.object({ connector_id: name.optional() }).optional(),
});
type Claims = z.infer<typeof Claims>;

function readClaims(raw: string): Claims | undefined {
  const payload = raw.length > MAX_TOKEN ? undefined : TOKEN.exec(raw)?.[1];
  if (payload === undefined) return undefined;
  try {
    return Claims.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const isTrue = (value: boolean | string | undefined): boolean => value === true || value === 'true';

/** As Fulcio names them: people by address, workflows of GitHub and GitLab by where they are written down, others by subject. */
function identitiesOf({ sub, email, job_workflow_ref, ci_config_ref_uri }: Claims): string[] {
  if (email !== undefined) return [email];
  return [
    ...(job_workflow_ref === undefined ? [] : [`https://github.com/${job_workflow_ref}`]),
    ...(ci_config_ref_uri === undefined ? [] : [`https://${ci_config_ref_uri}`]),
    ...(sub === undefined ? [] : [sub]),
  ];
}

/** A broker of identities stands in for the provider behind it, and certificates name that one. */
const issuersOf = (issuer: string, { federated_claims }: Claims): string[] => {
  const behind = federated_claims?.connector_id;
  return behind === undefined ? [issuer] : [issuer, behind];
};

const refused = (message: string): CertusError => new CertusError('invalid_request', message);
