import { join, resolve } from 'node:path';
import { BUNDLE } from '../../contracts/bundle.ts';
import type { KeySet } from '../../contracts/keys.ts';
import { parseIndex } from '../../domain/custody/check-evidence.ts';
import { checkPublication } from '../../domain/custody/check-publication.ts';
import { CustodyError } from '../../domain/custody/custody-error.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import {
  type BundleContent,
  type VerificationReport,
  verifyBundle,
} from '../../domain/custody/verify-bundle.ts';
import { openArtifact } from '../../services/registry/artifact-reference.ts';
import { attachedBundles } from '../../services/registry/attestations.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { newFolder } from '../new-folder.ts';
import { type Pulled, pullBundle } from '../pull-bundle.ts';
import { readKeySet } from '../trusted-keys.ts';

type Options = { readonly to: string; readonly keys?: string; readonly keepUnverified?: boolean };

/** Brings a bundle back from a registry, and asks nobody else whether it is one: public keys are all it takes. */
export async function pull(context: Context, reference: string, options: Options): Promise<ExitCode> {
  const { environment, workingDirectory, home } = context;
  const at = (path: string) => resolve(workingDirectory, path);
  const keySet = await readKeySet(
    options.keys ? at(options.keys) : join(home, 'keys', 'public', 'keys.json'),
  );
  const artifact = openArtifact(reference, {
    username: environment.CERTUS_REGISTRY_USERNAME,
    password: environment.CERTUS_REGISTRY_PASSWORD,
  });
  const folder = await newFolder(at(options.to));
  try {
    const pulled = await pullBundle(artifact, folder.path);
    const attached = await attachedBundles(artifact.registry, artifact.repository, pulled.digest);
    const report = verifyBundle(pulled.content, keySet, 'promotion');
    const publication = publicationOf(pulled, attached, keySet);
    const verified = report.verified && publication.holds;
    const kept = verified || options.keepUnverified === true;
    if (kept) await folder.keep();
    const links = [publication, ...report.links];
    const where = { folder: kept ? at(options.to) : null, digest: pulled.digest, verified };
    draw(context, { ...report, links, verified }, where);
    return verified ? EXIT.ok : EXIT.badData;
  } finally {
    await folder.discard();
  }
}

type PublicationReport = Omit<VerificationReport['links'][number], 'link'> & { readonly link: 'publication' };

function publicationOf(
  { digest, content }: Pulled,
  attached: readonly Uint8Array[],
  keySet: KeySet,
): PublicationReport {
  try {
    const { key, publishedOn } = checkPublication({ attached, digest, bundle: described(content), keySet });
    return {
      link: 'publication',
      holds: true,
      signer: key.id,
      detail: `published ${publishedOn}`,
      fault: null,
    };
  } catch (error) {
    if (!(error instanceof CustodyError)) throw error;
    const { family, code, message } = error;
    return { link: 'publication', holds: false, signer: null, detail: message, fault: { family, code } };
  }
}

function described({ indexBytes, statements }: BundleContent) {
  const permit = statements.get(BUNDLE.permit);
  if (permit === undefined) throw new CustodyError('missing_file', `${BUNDLE.permit} is not there`);
  return { index: parseIndex(indexBytes), bundleDigest: sha256(indexBytes), permitDigest: sha256(permit) };
}

type Drawn = Omit<VerificationReport, 'links'> & {
  readonly links: readonly (VerificationReport['links'][number] | PublicationReport)[];
};

function draw(
  { output }: Context,
  { verified, bypassed, sanitized, bundleDigest, links }: Drawn,
  { folder, digest }: { readonly folder: string | null; readonly digest: string },
): void {
  const document = { verified, bypassed, sanitized, digest, folder, bundle_digest: bundleDigest, links };
  output.result(document, () => {
    output.table(
      ['LINK', 'HOLDS', 'SIGNER', 'DETAIL'],
      links.map(({ link, holds, signer, detail, fault }) => [
        link,
        holds ? 'yes' : 'NO',
        signer ?? '-',
        fault ? `${fault.code}: ${detail}` : detail,
      ]),
    );
    output.line(`artifact ${digest}`);
    output.line(`bundle sha256:${bundleDigest}`);
    if (bypassed) output.line('BYPASSED by an administrator: see its permit');
    if (verified) output.line(`verified, and in ${folder}`);
    else
      output.line(folder === null ? 'NOT verified: nothing was kept' : `NOT verified, and kept in ${folder}`);
  });
}
