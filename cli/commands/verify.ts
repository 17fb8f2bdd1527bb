import { join, resolve } from 'node:path';
import { type Link, type VerificationReport, verifyBundle } from '../../domain/custody/verify-bundle.ts';
import { readBundleFolder } from '../bundle-folder.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { readEvidenceKey, readKeySet } from '../trusted-keys.ts';

type Options = { readonly through?: Link; readonly keys?: string; readonly key?: string };

/** Checks a bundle without asking anybody: the folder and public keys are all it takes. */
export async function verify(context: Context, folder: string, options: Options): Promise<ExitCode> {
  const at = (path: string) => resolve(context.workingDirectory, path);
  const keySet = options.key
    ? await readEvidenceKey(at(options.key))
    : await readKeySet(options.keys ? at(options.keys) : join(context.home, 'keys', 'public', 'keys.json'));
  // a single key speaks for evidence alone: what it cannot vouch for is not asked of it
  const through = options.through ?? (options.key ? 'evidence' : 'promotion');
  const report = verifyBundle(await readBundleFolder(at(folder)), keySet, through);
  context.output.result(asDocument(report, through), () => draw(context, report, through));
  return report.verified ? EXIT.ok : EXIT.badData;
}

function asDocument({ verified, bundleDigest, links }: VerificationReport, through: Link) {
  return { verified, through, bundle_digest: bundleDigest, links };
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
  output.line(report.verified ? `verified through ${through}` : 'NOT verified');
}
