import { join, resolve } from 'node:path';
import type { KeySet } from '../../contracts/keys.ts';
import { MAX_BUNDLE_BYTES } from '../../domain/sigstore/parse-bundle.ts';
import { SigstoreError } from '../../domain/sigstore/sigstore-error.ts';
import { parseTrustedRoot } from '../../domain/sigstore/trusted-root.ts';
import { type TenantVerdict, verifyForTenant } from '../../domain/sigstore/verify-for-tenant.ts';
import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { readBounded } from '../read-bounded.ts';
import { readKeySet } from '../trusted-keys.ts';
import { artifactOf, readKey } from './sigstore-verify.ts';

export type SignatureOptions = {
  readonly bundle: string;
  readonly keys?: string;
  readonly key?: string;
  readonly trustedRoot?: string;
  readonly certificateIdentity?: string;
  readonly certificateOidcIssuer?: string;
  readonly predicateType?: string;
};

const MAX_ROOT = 4 * 1024 * 1024;

/** Checks the Sigstore bundle of one file: under the key given, the keys of a set, or the authorities of a trusted root. */
export async function verifySignature(
  context: Context,
  fileOrDigest: string,
  options: SignatureOptions,
): Promise<ExitCode> {
  const at = (path: string) => resolve(context.workingDirectory, path);
  const bundle = await readBounded(at(options.bundle), MAX_BUNDLE_BYTES);
  const artifact = await artifactOf(fileOrDigest, at);
  const { trustedRoot, predicateType } = options;
  const key = options.key === undefined ? undefined : await readKey(at(options.key));
  const keySet = key === undefined ? await trustedKeys(context, options, at) : NO_KEYS;
  try {
    const root =
      trustedRoot === undefined ? undefined : parseTrustedRoot(await readBounded(at(trustedRoot), MAX_ROOT));
    const expected = { artifact, predicateType, identity: identityOf(options) };
    tell(context, verifyForTenant(bundle, { keySet, root, key, now: new Date() }, expected));
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof SigstoreError)) throw error;
    throw new CommandError(error.code, EXIT.badData, `${error.message} (${error.family})`, error);
  }
}

const NO_KEYS: KeySet = { schema: 'https://certus.dev/key-set/v1', keys: [] };

/** Those of this installation when nothing else is said; who names authorities only need not have one. */
async function trustedKeys(
  { home }: Context,
  { keys, trustedRoot }: SignatureOptions,
  at: (path: string) => string,
): Promise<KeySet> {
  if (keys !== undefined) return readKeySet(at(keys));
  return trustedRoot === undefined ? readKeySet(join(home, 'keys', 'public', 'keys.json')) : NO_KEYS;
}

/** Half a name would be anybody's whom the other half fits. */
function identityOf({ certificateIdentity: subject, certificateOidcIssuer: issuer }: SignatureOptions) {
  if (subject !== undefined && issuer !== undefined) return { subject, issuer };
  if (subject === undefined && issuer === undefined) return undefined;
  throw new CommandError(
    'usage',
    EXIT.usage,
    '--certificate-identity and --certificate-oidc-issuer belong together',
  );
}

function tell({ output }: Context, { verified, by, key, signedAt }: TenantVerdict): void {
  const { signer, logIndex, statement, checks } = verified;
  const document = {
    verified: true,
    by,
    key_id: key?.id ?? null,
    signer,
    signed_at: signedAt?.toISOString() ?? null,
    transparency_index: logIndex,
    predicate_type: statement?.predicateType ?? null,
    checks,
  };
  output.result(document, () => {
    output.line(
      signer.kind === 'key' ? `signed with ${key?.id ?? 'the key'}` : `signed by ${signer.subject}`,
    );
    if (statement !== null) output.line(`statement ${statement.predicateType}`);
    output.line(`verified: ${checks.join(', ')}`);
  });
}
