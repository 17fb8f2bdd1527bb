import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { publicGoodRoot } from '../../domain/sigstore/public-good-root.ts';
import { SigstoreError } from '../../domain/sigstore/sigstore-error.ts';
import { parseTrustedRoot, type TrustedRoot } from '../../domain/sigstore/trusted-root.ts';
import { verifySigstoreBundle } from '../../domain/sigstore/verify-sigstore-bundle.ts';
import { type KeylessServices, signKeyless, type ToSign } from '../../services/sigstore/keyless.ts';
import { readSigningConfig } from '../../services/sigstore/signing-config.ts';
import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { readBounded } from '../read-bounded.ts';
import { saveFile } from '../save-file.ts';

type Options = {
  readonly bundle: string;
  readonly identityToken: string;
  readonly inToto?: boolean;
  readonly staging?: boolean;
  readonly trustedRoot?: string;
  readonly signingConfig?: string;
};

/**
 * The `sign-bundle` of Sigstore's conformance protocol. Asks the services of the signing configuration and nobody else;
 * those of the public instance, or of its staging, when there is none: this command is how one asks to sign there. The
 * bundle is written once it verifies.
 */
export async function sigstoreSign(context: Context, file: string, options: Options): Promise<ExitCode> {
  const at = (path: string) => resolve(context.workingDirectory, path);
  const trust = await rootOf(options, at);
  const services = await servicesOf(options, at);
  const bytes = await readBounded(at(file), MAX_ARTIFACT);
  const toSign: ToSign = options.inToto ? statementOf(bytes, file) : { artifact: bytes };
  const bundle = await signKeyless(services, toSign, options.identityToken, {
    trust,
    now: () => new Date(),
    maxMilliseconds: 60_000,
  });
  const signer = verified(bundle, trust, options.inToto ? undefined : bytes);
  const sha256 = createHash('sha256').update(bundle).digest('hex');
  const expected = { path: options.bundle, size: bundle.length, sha256 };
  const path = await saveFile(context.workingDirectory, options.bundle, once(bundle), expected);
  context.output.result({ signed: true, signer, bundle: path }, () => {
    context.output.line(`signed by ${signer.subject}, identified by ${signer.issuer}`);
    context.output.line(`bundle ${path}`);
  });
  return EXIT.ok;
}

/** What is signed is held in memory: the signature is over all of it. */
const MAX_ARTIFACT = 1024 * 1024 * 1024;
const MAX_TRUSTED_ROOT = 4 * 1024 * 1024;
const MAX_SIGNING_CONFIG = 1024 * 1024;
const IN_TOTO = 'application/vnd.in-toto+json';

async function rootOf({ trustedRoot, staging }: Options, at: (path: string) => string): Promise<TrustedRoot> {
  if (trustedRoot === undefined && staging)
    throw new CommandError(
      'no_trusted_root',
      EXIT.configuration,
      'no trusted root of the staging instance is kept here: name one with --trusted-root',
    );
  if (trustedRoot === undefined) return publicGoodRoot();
  const bytes = await readBounded(at(trustedRoot), MAX_TRUSTED_ROOT);
  return sigstore(() => parseTrustedRoot(bytes));
}

async function servicesOf(
  { signingConfig, staging }: Options,
  at: (path: string) => string,
): Promise<KeylessServices> {
  if (signingConfig === undefined)
    return staging ? publicServices('sigstage.dev') : publicServices('sigstore.dev');
  return readSigningConfig(await readBounded(at(signingConfig), MAX_SIGNING_CONFIG), new Date());
}

const publicServices = (domain: string): KeylessServices => ({
  fulcioUrl: `https://fulcio.${domain}`,
  logs: [{ url: `https://rekor.${domain}`, version: 1 }],
  timestampAuthorities: [`https://timestamp.${domain}/api/v1/timestamp`],
});

/** Signed as it lies there, byte for byte; only that it is a statement is seen to. */
function statementOf(payload: Buffer, file: string): ToSign {
  const none = (cause?: unknown) =>
    new CommandError('statement_invalid', EXIT.badData, `${file} is no in-toto statement`, cause);
  try {
    const { _type: type } = Object(JSON.parse(payload.toString('utf8'))) as { _type?: unknown };
    if (typeof type !== 'string' || !type.startsWith('https://in-toto.io/Statement/')) throw none();
  } catch (error) {
    throw error instanceof SyntaxError ? none(error) : error;
  }
  return { payload, payloadType: IN_TOTO };
}

/** Whoever verifies later is as strict as this; a bundle that nobody believes is better not written. */
function verified(bundle: Uint8Array, root: TrustedRoot, bytes: Buffer | undefined) {
  const { signer } = sigstore(() =>
    verifySigstoreBundle(
      bundle,
      { root, now: new Date() },
      bytes === undefined ? {} : { artifact: { bytes } },
    ),
  );
  if (signer.kind !== 'certificate') throw new Error('a keyless bundle has a certificate');
  return { subject: signer.subject, issuer: signer.issuer };
}

function sigstore<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof SigstoreError)) throw error;
    throw new CommandError(error.code, EXIT.badData, `${error.message} (${error.family})`, error);
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
