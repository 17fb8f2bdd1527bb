import { join, resolve } from 'node:path';
import { type Link, type VerificationReport, verifyBundle } from '../../domain/custody/verify-bundle.ts';
import { readBundleFolder } from '../bundle-folder.ts';
import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { readEvidenceKey, readKeySet } from '../trusted-keys.ts';
import type { SignatureOptions } from './verify-signature.ts';

type Options = Partial<SignatureOptions> & { readonly through?: Link };

/** Checks without asking anybody: a bundle's folder or a signed file, and public keys, are all it takes. */
export async function verify(context: Context, what: string, options: Options): Promise<ExitCode> {
  const { bundle } = options;
  if (bundle === undefined) {
    refuseUnheeded(options);
    return verifyFolder(context, what, options);
  }
  // read when it is needed: the library would make the other way start later
  const { verifySignature } = await import('./verify-signature.ts');
  return verifySignature(context, what, { ...options, bundle });
}

/** A demand that nothing holds the folder to must not look as if it were met. */
function refuseUnheeded({
  trustedRoot,
  certificateIdentity,
  certificateOidcIssuer,
  predicateType,
}: Options): void {
  const unheeded = [trustedRoot, certificateIdentity, certificateOidcIssuer, predicateType];
  if (unheeded.some((option) => option !== undefined))
    throw new CommandError('usage', EXIT.usage, 'these options speak of a signed file: name its --bundle');
}

async function verifyFolder(context: Context, folder: string, options: Options): Promise<ExitCode> {
  const at = (path: string) => resolve(context.workingDirectory, path);
  const keySet = options.key
    ? await readEvidenceKey(at(options.key))
    : await readKeySet(options.keys ? at(options.keys) : join(context.home, 'keys', 'public', 'keys.json'));
  // a single key speaks for evidence alone: what it cannot vouch for is not asked of it
  const through = options.through ?? (options.key ? 'evidence' : 'promotion');
  const report = verifyBundle(await readBundleFolder(at(folder)), keySet, through);
  context.output.result(asDocument(report, through), () => {
    draw(context, report, through);
    if (!options.keys && !options.key && report.links.some(({ fault }) => fault?.code === 'untrusted_signer'))
      context.output.line(
        'keys that were made since the start are on the list that "certus keys export" prints: --keys FILE',
      );
  });
  return report.verified ? EXIT.ok : EXIT.badData;
}

function asDocument(report: VerificationReport, through: Link) {
  const { verified, bypassed, sanitized, deleted, bundleDigest, links } = report;
  return { verified, bypassed, through, bundle_digest: bundleDigest, sanitized, deleted, links };
}

function draw({ output }: Context, report: VerificationReport, through: Link): void {
  output.table(
    ['LINK', 'HOLDS', 'SIGNER', 'DETAIL'],
    report.links.map(({ link, holds, signer, detail, fault }) => [
      link,
      holds ? 'yes' : 'NO',
      signer ?? '-',
      fault ? `${fault.code}: ${detail}` : detail,
    ]),
  );
  output.line(`bundle sha256:${report.bundleDigest}`);
  if (report.deleted !== null) {
    const { on, order } = report.deleted;
    output.line(
      `its files were deleted ${on} by ${order ?? 'its retention policy'}: the statements are left`,
    );
  }
  const bypassed = report.bypassed ? ', BYPASSED by an administrator: see its permit' : '';
  output.line(report.verified ? `verified through ${through}${bypassed}` : 'NOT verified');
}
