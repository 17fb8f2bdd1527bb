import { artifacts } from '../commands/artifacts.ts';
import { logs } from '../commands/logs.ts';
import { type Words, withFormat, withWorkspace } from './options.ts';

/** What a scan has told and left. */
export function evidenceCommands({ program, runs }: Words): void {
  withFormat(withWorkspace(program.command('logs <test_id>')))
    .description('what a scan has told; in JSON an event a line')
    .option('--follow', 'stay until the scan has ended')
    .action(runs(logs));
  withFormat(withWorkspace(program.command('artifacts <test_id> [name]')))
    .description('list the evidence of a scan, or fetch a file of it by name or path')
    .option('-O, --save <file>', 'where to save it, "-" for stdout; by default under its own name, here')
    .action(runs(artifacts));
}
