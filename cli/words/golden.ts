import { Option } from 'commander';
import { RetentionClass } from '../../contracts/retention.ts';
import { auditGolden } from '../commands/golden-audit.ts';
import { listGolden, showGolden } from '../commands/golden-show.ts';
import { type Words, withFormat, withPages, withWorkspace } from './options.ts';

/** What was published, and whether it still is what it was. */
export function goldenCommands({ program, runs }: Words): void {
  const golden = program.command('golden').description('what was published, and what becomes of it');
  withFormat(withPages(withWorkspace(golden.command('list'))))
    .description('golden copies, what was promoted last first')
    .addOption(new Option('--class <class>', 'only of this class').choices(RetentionClass.options))
    .action(runs(listGolden));
  withFormat(withWorkspace(golden.command('show <test_id>')))
    .description('where a copy lies, how long it stays, and what its last audit found')
    .action(runs(showGolden));
  withFormat(golden.command('audit'))
    .description('hold golden to what was promoted (exit 2 when something has changed)')
    .option('--workspace <id>', 'only of this workspace')
    .option('--sample <part>', 'only this part, above 0 and up to 1: what was not looked at for the longest')
    .action(runs(auditGolden));
}
