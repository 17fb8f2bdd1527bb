import type { Context } from '../context.ts';
import { type Words, withFormat } from './options.ts';

type PullOptions = { readonly to: string; readonly keys?: string; readonly keepUnverified?: boolean };

/** What needs a registry and no server of ours. */
export function pullCommands({ program, runs }: Words): void {
  withFormat(program.command('pull <reference>'))
    .description('bring a published bundle back from a registry or an image layout, and verify it')
    .requiredOption('--to <folder>', 'a new folder, which is there once the bundle has been verified')
    .option('--keys <file>', 'key set to trust; by default the one of this installation')
    .option('--keep-unverified', 'keep the folder even when the bundle does not verify')
    .action(
      // read when it is needed: speaking to registries would make every other command start later
      runs(async (context: Context, reference: string, options: PullOptions) =>
        (await import('../commands/pull.ts')).pull(context, reference, options),
      ),
    );
}
