import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { type Words, withFormat } from './options.ts';

/** What runs at another site, and sends from there what may leave it. */
export function agentCommands({ program, runs }: Words): void {
  const agent = program
    .command('agent')
    .description('read sources at this site, mask them here, and send what is left to a platform elsewhere');
  const configured = (command: Command): Command =>
    command.requiredOption('--config <file>', 'what it reads and where it sends it, as YAML or JSON');
  // read when they are needed: recognisers and readers would make every other command start later
  const commands = () => import('../commands/agent.ts');
  configured(agent.command('run', { isDefault: true }))
    .description('run until it is told to end (this is what "certus agent" does)')
    .action(
      runs(async (context: Context, options: { readonly config: string }) =>
        (await commands()).runAgent(context, options),
      ),
    );
  configured(withFormat(agent.command('check')))
    .description('say what is wrong with a configuration')
    .action(
      runs(async (context: Context, options: { readonly config: string }) =>
        (await commands()).checkAgent(context, options),
      ),
    );
  configured(withFormat(agent.command('status')))
    .description('what waits, what was sent, and what was refused; also beside one that is running')
    .action(
      runs(async (context: Context, options: { readonly config: string }) =>
        (await commands()).agentStatus(context, options),
      ),
    );
  configured(withFormat(agent.command('resend <source>')))
    .description('have all of a source sent again by the next start, and forget what of it was refused')
    .action(
      runs(async (context: Context, source: string, options: { readonly config: string }) =>
        (await commands()).resend(context, source, options),
      ),
    );
}
