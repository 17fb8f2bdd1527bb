import { Option } from 'commander';
import { LOG_KINDS } from '../../contracts/transparency.ts';
import { logExport } from '../commands/log-export.ts';
import { logShow } from '../commands/log-show.ts';
import { logVerify } from '../commands/log-verify.ts';
import { type Words, withFormat, withPages } from './options.ts';

/** The transparency log: what it says, a copy of it, and whether it holds. */
export function logCommands({ program, runs }: Words): void {
  const log = program.command('log').description('the transparency log of Trust');
  const keys = ['--keys <file>', 'key set to trust; by default the one of this installation'] as const;
  withFormat(withPages(log.command('show [entry]')))
    .description('list what was written, or show an entry and check that it is there')
    .addOption(new Option('--kind <kind>', 'only of this kind').choices(LOG_KINDS))
    .option('--signer <key>', 'only what this key signed')
    .option('--test <test_id>', 'only about this scan')
    .option(...keys)
    .action(runs(logShow));
  withFormat(log.command('export <folder>'))
    .description('mirror the log as static files (C2SP tiles), going on from what is there')
    .option(...keys)
    .action(runs(logExport));
  withFormat(log.command('verify'))
    .description('prove that nothing was changed or removed (exit 0 it holds, 65 it does not)')
    .option('--from <checkpoint>', 'an older checkpoint, as it was once saved')
    .option('--dir <folder>', 'a mirror to compute anew, instead of asking the API')
    .option(...keys)
    .action(runs(logVerify));
}
