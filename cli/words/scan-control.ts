import { cancel } from '../commands/cancel.ts';
import { rerun } from '../commands/rerun.ts';
import { upload } from '../commands/upload.ts';
import { type Words, withFormat, withWorkspace } from './options.ts';

/** What may be asked of a scan besides how it goes. */
export function scanControlCommands({ program, runs }: Words): void {
  withFormat(withWorkspace(program.command('cancel <test_id>')))
    .description('stop a scan; its tools are killed and its record says so')
    .action(runs(cancel));
  withFormat(withWorkspace(program.command('rerun <test_id>')))
    .description('scan the same once more, and wait for the verdict')
    .option('--same-revision', 'the very commit of that scan')
    .option('--no-wait', 'return as soon as the run is accepted')
    .action(runs(rerun));
  withFormat(withWorkspace(program.command('upload <test_id>')))
    .description('ask for permit and publication of a scan made with --no-publish')
    .action(runs(upload));
}
