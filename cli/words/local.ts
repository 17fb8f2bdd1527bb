import { config } from '../commands/config.ts';
import { down } from '../commands/down.ts';
import { status } from '../commands/status.ts';
import { up } from '../commands/up.ts';
import { type Words, withFormat } from './options.ts';

/** What runs on this machine. */
export function localCommands({ program, runs }: Words): void {
  program
    .command('up')
    .description('start everything on this machine')
    .option('--foreground', 'stay attached; Ctrl-C stops it')
    .action(runs(up));
  program.command('down').description('stop what "up" started').action(runs(down));
  withFormat(program.command('status').description('what runs here, and whether it answers')).action(
    runs(status),
  );
  withFormat(program.command('config').description('the settings in force and where each came from')).action(
    runs(config),
  );
}
