import { Option } from 'commander';
import { EVENT_TYPES } from '../../contracts/platform-event.ts';
import {
  addSubscription,
  listEvents,
  listSubscriptions,
  removeSubscription,
  replayEvent,
  showDeliveries,
} from '../commands/subscriptions.ts';
import { type Words, withFormat } from './options.ts';

/** Who is told of what happens. */
export function subscriptionCommands({ program, runs }: Words): void {
  withFormat(program.command('events'))
    .description('what happened, the newest first')
    .option('--type <type>', 'only of this type')
    .option('--about <name>', 'only about this run, review or key')
    .option('--limit <number>', 'at most so many', '50')
    .action(runs(listEvents));
  const group = program.command('subscription').description('who is told of what happens');
  withFormat(group.command('list')).description('who is told').action(runs(listSubscriptions));
  withFormat(group.command('add <address>'))
    .description('tell a webhook, a Slack webhook or a mailbox')
    .addOption(
      new Option('--kind <kind>', 'what it is').choices(['webhook', 'slack', 'email']).default('webhook'),
    )
    .option('--events <types...>', `only of these: ${EVENT_TYPES.join(', ')}`)
    .action(runs(addSubscription));
  withFormat(group.command('remove <id>'))
    .description('tell them no longer')
    .action(runs(removeSubscription));
  withFormat(group.command('deliveries <id>'))
    .description('what they were told, and what became of it')
    .action(runs(showDeliveries));
  withFormat(group.command('replay <id> <event>')).description('tell them again').action(runs(replayEvent));
}
