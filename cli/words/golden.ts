import { Option } from 'commander';
import { RetentionClass } from '../../contracts/retention.ts';
import { auditGolden } from '../commands/golden-audit.ts';
import { deleteGolden, holdGolden, releaseHold, showDeletion } from '../commands/golden-keep.ts';
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
  withFormat(withWorkspace(golden.command('hold <test_id>')))
    .description('keep a copy whatever its time, until the hold is released')
    .requiredOption('--reason <text>', 'why')
    .action(runs(holdGolden));
  withFormat(withWorkspace(golden.command('release-hold <test_id>')))
    .description('end a legal hold')
    .requiredOption('--reason <text>', 'why')
    .action(runs(releaseHold));
  withFormat(withWorkspace(golden.command('delete <test_id>')))
    .description('delete the files of a copy for good; statements stay (exit 2 while it is not gone)')
    .requiredOption('--reason <text>', 'why')
    .option('--bundle <digest>', 'only when it is this bundle')
    .action(runs(deleteGolden));
  withFormat(withWorkspace(golden.command('deletion <test_id>')))
    .description('how far a deletion is (exit 2 while it is not gone)')
    .action(runs(showDeletion));
}
