import { Option } from 'commander';
import { manifestCheck, manifestSchema } from '../commands/manifest.ts';
import { verify } from '../commands/verify.ts';
import type { Context } from '../context.ts';
import { type Words, withFormat } from './options.ts';

/** What needs no server. */
export function offlineCommands({ program, runs }: Words): void {
  const manifest = program.command('manifest').description('write manifests with help, without a server');
  withFormat(manifest.command('check <file>'))
    .description('say what is wrong with a manifest, line by line (exit 0 nothing, 65 something)')
    .action(runs(manifestCheck));
  manifest
    .command('schema')
    .description('print the JSON Schema of manifests, for editors')
    .action(runs(manifestSchema));

  withFormat(program.command('verify <folder_or_file>'))
    .description("check a bundle's chain of custody, or with --bundle the signature of a file, offline")
    .addOption(
      new Option(
        '--through <link>',
        'how far the chain must hold; promotion unless a single key is given',
      ).choices(['evidence', 'permit', 'promotion']),
    )
    .addOption(
      new Option('--keys <file>', 'key set to trust; by default the one of this installation').conflicts(
        'key',
      ),
    )
    .option('--key <file>', 'one public key (PEM) to trust for evidence, and check no further link')
    .addOption(
      new Option('--bundle <file>', 'the Sigstore bundle of a file, or of a sha256: digest').conflicts(
        'through',
      ),
    )
    .option('--trusted-root <file>', 'with --bundle: authorities and logs to believe')
    .option('--certificate-identity <name>', 'with --bundle: whose certificate it must be, exactly')
    .option('--certificate-oidc-issuer <url>', 'with --bundle: who must have identified the signer, exactly')
    .option('--predicate-type <uri>', 'with --bundle: what kind of statement it must be')
    .action(runs(verify));
  const sarif = program.command('sarif').description('reports of other tools');
  withFormat(sarif.command('normalize <files...>'))
    .description('read SARIF, name its findings as a scan would, and ask no server')
    .option('--root <folder>', 'where the source lay: absolute paths in it become relative')
    .action(
      // read when it is needed: the readers of reports would make every other command start later
      runs(async (context: Context, files: string[], options: { root?: string }) =>
        (await import('../commands/sarif.ts')).normalizeSarif(context, files, options),
      ),
    );
}
