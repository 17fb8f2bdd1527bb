import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { type Words, withFormat } from './options.ts';

/** Signing as Sigstore's conformance protocol has it, below `certus sigstore`. */
export function addSignBundle(sigstore: Command, runs: Words['runs']): void {
  withFormat(sigstore.command('sign-bundle <file>'))
    .description('sign a file for whom an identity token names, with a key that is used once')
    .option('--staging', "sign at Sigstore's staging instance; needs --trusted-root")
    .option('--in-toto', 'the file is an in-toto statement')
    .requiredOption('--identity-token <token>', 'an OpenID Connect token of the signer')
    .requiredOption('--bundle <file>', 'where to write the bundle')
    .option('--trusted-root <file>', "whom to believe; by default Sigstore's public instance")
    .option('--signing-config <file>', "whom to ask; by default Sigstore's public instance")
    .action(
      // read when it is needed: the libraries would make every other command start later
      runs(async (context: Context, ...given: Given) =>
        (await import('../commands/sigstore-sign.ts')).sigstoreSign(context, ...given),
      ),
    );
}

type Given = [string, Parameters<typeof import('../commands/sigstore-sign.ts').sigstoreSign>[2]];
