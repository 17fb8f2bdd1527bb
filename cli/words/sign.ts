import { Option } from 'commander';
import { Environment } from '../../contracts/keys.ts';
import type { SignOptions } from '../commands/sign.ts';
import type { Context } from '../context.ts';
import { type Words, withFormat, withWorkspace } from './options.ts';

/** Signatures on request. */
export function signCommands({ program, runs }: Words): void {
  withFormat(withWorkspace(program.command('sign <files...>')))
    .description('sign files, or the in-toto statements in them; writes FILE.sigstore.json beside each')
    .option('--statement', 'the files are in-toto statements')
    .addOption(
      new Option('--environment <name>', 'with the key of which environment').choices(Environment.options),
    )
    .addOption(
      new Option('--certificate', 'name the signer by the certificate of the key').conflicts('keyless'),
    )
    .option('--keyless', 'sign as whoever the OpenID token in SIGSTORE_ID_TOKEN names')
    .option('--bundle <file>', 'where to write the bundle of a single file')
    .action(
      runs(async (context: Context, files: string[], options: SignOptions) =>
        (await import('../commands/sign.ts')).sign(context, files, options),
      ),
    );
}
