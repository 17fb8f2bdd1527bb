import { Option } from 'commander';
import type { Context } from '../context.ts';
import { type Words, withFormat } from './options.ts';
import { addSignBundle } from './sigstore-sign.ts';

/** The command-line protocol of Sigstore's conformance suite, so that every client can be asked the same way. */
export function sigstoreCommands({ program, runs }: Words): void {
  const sigstore = program.command('sigstore').description('signatures in the form of Sigstore');
  withFormat(sigstore.command('verify-bundle <file_or_digest>'))
    .description('check a Sigstore bundle of a file, or of a sha256: digest, offline')
    .option('--staging', "believe Sigstore's staging instance; needs --trusted-root")
    .requiredOption('--bundle <file>', 'the bundle')
    .option('--certificate-identity <name>', 'whose certificate it must be, exactly')
    .option('--certificate-oidc-issuer <url>', 'who must have identified the signer, exactly')
    .addOption(
      new Option('--key <file>', 'a public key (PEM) that it must be signed with').conflicts([
        'certificateIdentity',
        'certificateOidcIssuer',
      ]),
    )
    .option(
      '--trusted-root <file>',
      "authorities and logs to believe; by default those of Sigstore's public instance",
    )
    .option('--predicate-type <uri>', 'what kind of statement it must be')
    .action(
      // read when it is needed: the library would make every other command start later
      runs(async (context: Context, ...given: Given) =>
        (await import('../commands/sigstore-verify.ts')).sigstoreVerify(context, ...given),
      ),
    );
  addSignBundle(sigstore, runs);
  withFormat(sigstore.command('update-root <file>'))
    .description('fetch the trusted root that a Sigstore instance publishes now, and write it to a file')
    .option('--mirror <url>', 'its TUF repository', 'https://tuf-repo-cdn.sigstore.dev')
    .option('--root <file>', 'the root.json to begin with, for an instance that is not pinned here')
    .action(
      runs(async (context: Context, ...given: UpdateGiven) =>
        (await import('../commands/sigstore-update-root.ts')).sigstoreUpdateRoot(context, ...given),
      ),
    );
}

type Given = [string, Parameters<typeof import('../commands/sigstore-verify.ts').sigstoreVerify>[2]];
type UpdateGiven = [
  string,
  Parameters<typeof import('../commands/sigstore-update-root.ts').sigstoreUpdateRoot>[2],
];
