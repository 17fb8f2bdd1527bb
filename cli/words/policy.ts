import { InvalidArgumentError, Option } from 'commander';
import {
  breakGlass,
  printPermitStatement,
  publishWithPermit,
  requestPermit,
  showPermit,
  showPermits,
} from '../commands/permit.ts';
import { evaluatePolicy, setPolicy, shadowPolicy, showPolicies } from '../commands/policy.ts';
import { type Words, withFormat, withWorkspace } from './options.ts';

/** What bundles must be, and whether they may be published. */
export function policyCommands({ program, runs }: Words): void {
  const policy = program.command('policy').description('what bundles must be to be published');
  withFormat(policy.command('set <file>'))
    .description('put a policy in force (JSON)')
    .option('--workspace <id>', 'the workspace, or "*" for all that have none', 'default')
    .action(runs(setPolicy));
  withFormat(policy.command('shadow <file>'))
    .description('only write down what a policy would have said')
    .option('--workspace <id>', 'the workspace, or "*" for all that have none', 'default')
    .action(runs(shadowPolicy));
  withFormat(policy.command('show'))
    .description('what holds in a workspace, and what held before')
    .option('--workspace <id>', 'the workspace, or "*" for all that have none', 'default')
    .action(runs(showPolicies));
  withFormat(withWorkspace(policy.command('eval <file>')))
    .description('try a policy on bundles of the past (exit 2 when it would deny what was permitted)')
    .option('--component <id>', 'only of this component')
    .option('--limit <number>', 'how many at most', upTo(200), 50)
    .action(runs(evaluatePolicy));

  const permit = program.command('permit').description('what Trust says about bundles');
  withFormat(withWorkspace(permit.command('request <test_id>')))
    .description('have a finished scan verified, and ask whether it may be published')
    .addOption(
      new Option('--tier <tier>', 'how much is asked for').choices(['basic', 'verified']).default('verified'),
    )
    .option('--publish', 'publish it when it may be')
    .action(runs(requestPermit));
  withFormat(withWorkspace(permit.command('show <permit_id>')))
    .description('one decision, with its reasons')
    .action(runs(showPermit));
  withWorkspace(permit.command('statement <permit_id>'))
    .description('the permit as it was signed, a Sigstore bundle for other tools')
    .action(runs(printPermitStatement));
  withFormat(withWorkspace(permit.command('list')))
    .description('decisions, newest first')
    .option('--scan <test_id>', 'only about this scan')
    .action(runs(showPermits));
  withFormat(withWorkspace(permit.command('publish <permit_id>')))
    .description('publish a scan on a permit that was given for it')
    .action(runs(publishWithPermit));
  withFormat(withWorkspace(permit.command('break-glass <test_id>')))
    .description('let a bundle pass that the rules hold back: signed, logged, and seen wherever it goes')
    .requiredOption('--reason <text>', 'why, at least ten letters')
    .requiredOption('--until <time>', 'until when it may be published, ISO 8601')
    .action(runs(breakGlass));
}

const upTo =
  (most: number) =>
  (text: string): number => {
    if (!/^[1-9]\d{0,2}$/.test(text) || Number(text) > most)
      throw new InvalidArgumentError(`give a number from 1 to ${most}`);
    return Number(text);
  };
