import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { MAX_BUNDLE_BYTES } from '../../domain/sigstore/parse-bundle.ts';
import { publicGoodRoot } from '../../domain/sigstore/public-good-root.ts';
import type { Artifact } from '../../domain/sigstore/signed-content.ts';
import { SigstoreError } from '../../domain/sigstore/sigstore-error.ts';
import { parseTrustedRoot, type TrustedRoot } from '../../domain/sigstore/trusted-root.ts';
import { type VerifiedBundle, verifySigstoreBundle } from '../../domain/sigstore/verify-sigstore-bundle.ts';
import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { found, readBounded } from '../read-bounded.ts';

type Options = {
  readonly bundle: string;
  readonly certificateIdentity?: string;
  readonly certificateOidcIssuer?: string;
  readonly key?: string;
  readonly trustedRoot?: string;
  readonly staging?: boolean;
  readonly predicateType?: string;
};

/** The `verify-bundle` of Sigstore's conformance protocol. Asks nobody: what it believes lies in files. */
export async function sigstoreVerify(
  context: Context,
  fileOrDigest: string,
  options: Options,
): Promise<ExitCode> {
  const at = (path: string) => resolve(context.workingDirectory, path);
  const identity = identityOf(options);
  const bundle = await readBounded(at(options.bundle), MAX_BUNDLE_BYTES);
  const artifact = await artifactOf(fileOrDigest, at);
  const key = options.key === undefined ? undefined : await readKey(at(options.key));
  try {
    const root = await rootOf(options, at);
    const expected = { artifact, identity, predicateType: options.predicateType };
    const verified = verifySigstoreBundle(bundle, { root, key, now: new Date() }, expected);
    tell(context, verified);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof SigstoreError)) throw error;
    throw new CommandError(error.code, EXIT.badData, `${error.message} (${error.family})`, error);
  }
}

function identityOf({ key, certificateIdentity, certificateOidcIssuer }: Options) {
  if (certificateIdentity !== undefined && certificateOidcIssuer !== undefined)
    return { subject: certificateIdentity, issuer: certificateOidcIssuer };
  // without both anybody who can ask the authority for a certificate would do
  if (key !== undefined && certificateIdentity === undefined && certificateOidcIssuer === undefined)
    return undefined;
  throw new CommandError(
    'usage',
    EXIT.usage,
    'say whose signature it must be: --certificate-identity and --certificate-oidc-issuer, or --key',
  );
}

async function rootOf({ trustedRoot, staging }: Options, at: (path: string) => string): Promise<TrustedRoot> {
  if (trustedRoot !== undefined) return parseTrustedRoot(await readBounded(at(trustedRoot), 4 * 1024 * 1024));
  if (staging)
    throw new CommandError(
      'no_trusted_root',
      EXIT.configuration,
      'no trusted root of the staging instance is kept here: name one with --trusted-root',
    );
  return publicGoodRoot();
}

export async function artifactOf(fileOrDigest: string, at: (path: string) => string): Promise<Artifact> {
  const path = at(fileOrDigest);
  const digest = /^sha256:([0-9a-fA-F]{64})$/.exec(fileOrDigest)?.[1];
  // the protocol: what is a path on the disk is no digest
  if (digest !== undefined && !(await exists(path))) return { sha256: digest.toLowerCase() };
  const { size } = await found(path, stat(path));
  if (size <= MAX_IN_MEMORY) return { bytes: await found(path, readFile(path)) };
  const hash = createHash('sha256');
  await found(path, pipeline(createReadStream(path), hash));
  return { sha256: hash.digest('hex') };
}

const MAX_IN_MEMORY = 64 * 1024 * 1024;

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

export async function readKey(path: string): Promise<KeyObject> {
  const pem = (await readBounded(path, 64 * 1024)).toString('latin1');
  // createPublicKey would derive a public key from a private one; whoever passes that by mistake should hear of it
  if (!pem.trimStart().startsWith('-----BEGIN PUBLIC KEY-----'))
    throw noKey(path, 'it is not a public key in PEM');
  try {
    return createPublicKey(pem);
  } catch (error) {
    throw noKey(path, error instanceof Error ? error.message : String(error));
  }
}

const noKey = (path: string, why: string) =>
  new CommandError('key_unusable', EXIT.badData, `cannot use ${path}: ${why}`);

function tell({ output }: Context, { signer, times, logIndex, statement, checks }: VerifiedBundle): void {
  const document = {
    verified: true,
    signer,
    signed_at: times.map((time) => time.toISOString()),
    transparency_index: logIndex,
    predicate_type: statement?.predicateType ?? null,
    checks,
  };
  output.result(document, () => {
    output.line(signer.kind === 'key' ? 'signed with the key' : `signed by ${signer.subject}`);
    if (signer.kind === 'certificate') output.line(`identified by ${signer.issuer}`);
    if (statement !== null) output.line(`statement ${statement.predicateType}`);
    output.line(`verified: ${checks.join(', ')}`);
  });
}
