import { setRetention, showRetention } from '../commands/retention.ts';
import { type Words, withFormat } from './options.ts';

/** How long what was published is kept. */
export function retentionCommands({ program, runs }: Words): void {
  const retention = program.command('retention').description('how long golden copies are kept');
  withFormat(retention.command('set <file>'))
    .description('put a retention policy in force (JSON)')
    .option('--workspace <id>', 'the workspace, or "*" for all that have none', 'default')
    .action(runs(setRetention));
  withFormat(retention.command('show'))
    .description('what holds in a workspace, and what held before')
    .option('--workspace <id>', 'the workspace, or "*" for all that have none', 'default')
    .action(runs(showRetention));
}
