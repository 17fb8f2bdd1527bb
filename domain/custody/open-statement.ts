import { type Bundle, isBundleWithDsseEnvelope, isBundleWithPublicKey } from '@sigstore/bundle';
import { crypto } from '@sigstore/core';
import type { z } from 'zod';
import type { KeyRole, KeySet, TrustedKey } from '../../contracts/keys.ts';
import { PAYLOAD_TYPE, SIGSTORE_BUNDLE_MEDIA_TYPE } from '../../contracts/statements.ts';
import { CustodyError } from './custody-error.ts';
import { holdsUnder } from './holds-under.ts';
import { readBundle, readPayload } from './read-signed.ts';

export type OpenedStatement<T> = {
  readonly statement: T;
  readonly key: TrustedKey;
  /** As it was signed, without what the schema of today adds. */
  readonly content: unknown;
};

type Expectation<S extends z.ZodType> = {
  readonly schema: S;
  readonly role: KeyRole;
  /** Whose evidence it must be; keys of the platform itself carry no tenant. */
  readonly tenant: string;
  readonly keySet: KeySet;
  /** When the statement says that it was made: the key must have been valid then. */
  readonly madeAt: (statement: z.infer<S>) => string;
};

/** Believes nothing of a statement before its signature holds under a key trusted for this very role. */
export function openStatement<S extends z.ZodType>(
  bytes: Uint8Array,
  expected: Expectation<S>,
): OpenedStatement<z.infer<S>> {
  const bundle = parseBundle(bytes);
  const key = findKey(bundle.hint, expected);
  verifySignature(bundle.bundle, key);
  const content = readPayload(bundle.payload);
  const statement = parsePayload(content, expected.schema);
  requireValidAt(key, expected.madeAt(statement));
  return { statement, key, content };
}

type ParsedBundle = { readonly bundle: Bundle; readonly payload: Buffer; readonly hint: string };

function parseBundle(bytes: Uint8Array): ParsedBundle {
  const bundle = readBundle(bytes, 'large');
  if (bundle.mediaType !== SIGSTORE_BUNDLE_MEDIA_TYPE) {
    throw new CustodyError('malformed', `it is not of the type ${SIGSTORE_BUNDLE_MEDIA_TYPE}`);
  }
  const { tlogEntries, timestampVerificationData } = bundle.verificationMaterial;
  // Nothing here checks a log or a timestamp: whoever sees one in a bundle must not think that it was.
  if (tlogEntries.length > 0 || (timestampVerificationData?.rfc3161Timestamps ?? []).length > 0) {
    throw new CustodyError('malformed', 'it carries log entries or timestamps, which no one here can check');
  }
  if (!isBundleWithDsseEnvelope(bundle) || !isBundleWithPublicKey(bundle)) {
    throw new CustodyError('malformed', 'it is not a statement signed with a public key');
  }
  const { payload, payloadType, signatures } = bundle.content.dsseEnvelope;
  if (payloadType !== PAYLOAD_TYPE || signatures.length !== 1) {
    throw new CustodyError('malformed', 'it is not one in-toto statement with one signature');
  }
  return { bundle, payload, hint: bundle.verificationMaterial.content.publicKey.hint };
}

/** The hint only selects among trusted keys; a stranger's hint finds nothing. */
function findKey(
  hint: string,
  { keySet, role, tenant }: Pick<Expectation<z.ZodType>, 'keySet' | 'role' | 'tenant'>,
): TrustedKey {
  const key = keySet.keys.find((candidate) => candidate.id === hint && candidate.role === role);
  if (key === undefined)
    throw new CustodyError('untrusted_signer', `no ${role} key ${hint || '(none named)'} is trusted`);
  if (key.tenant !== null && key.tenant !== tenant) {
    throw new CustodyError('untrusted_signer', `the ${role} key ${hint} belongs to another tenant`);
  }
  return key;
}

function verifySignature(bundle: Bundle, key: TrustedKey): void {
  if (!holdsUnder(() => crypto.createPublicKey(key.public_key_pem), bundle))
    throw new CustodyError('signature_invalid', 'the signature does not fit the statement');
}

function parsePayload<S extends z.ZodType>(content: unknown, schema: S): z.infer<S> {
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  const predicate = parsed.error.issues.some((issue) => issue.path[0] === 'predicateType');
  if (predicate) throw new CustodyError('wrong_predicate', 'it is a statement of another kind');
  const first = parsed.error.issues[0];
  throw new CustodyError(
    'malformed',
    `the statement is not as expected at ${first?.path.join('.') ?? '?'}: ${first?.message ?? ''}`,
  );
}

function requireValidAt(key: TrustedKey, time: string): void {
  const at = Date.parse(time);
  if (at < Date.parse(key.valid_from))
    throw new CustodyError('key_not_valid_then', `the key ${key.id} was not valid at ${time}`);
  if (key.valid_until !== null && at >= Date.parse(key.valid_until)) {
    const code = key.certificate_pem === undefined ? 'key_not_valid_then' : 'certificate_expired';
    throw new CustodyError(code, `the key ${key.id} was no longer valid at ${time}`);
  }
  requireNotRevoked(key, at);
}

/** A stolen key can claim any time: only a time since which it was stolen, told by who revoked it, saves what came before. */
function requireNotRevoked({ id, revoked }: TrustedKey, at: number): void {
  if (revoked === undefined) return;
  if (revoked.invalid_since === null || at >= Date.parse(revoked.invalid_since))
    throw new CustodyError('key_revoked', `the key ${id} was revoked: ${revoked.reason}`);
}
