import { Option } from 'commander';
import { FINDING_KINDS, SEVERITIES } from '../../contracts/finding.ts';
import { Change, TriageState } from '../../contracts/triage.ts';
import { diff } from '../commands/diff.ts';
import { findings } from '../commands/findings.ts';
import { triage } from '../commands/triage.ts';
import { vex } from '../commands/vex.ts';
import { type Words, withFormat, withPages, withWorkspace } from './options.ts';

/** What scans found, and what people decide about it. */
export function findingCommands({ program, runs }: Words): void {
  withFormat(withPages(withWorkspace(program.command('findings <test_id>'))))
    .description('findings of a scan, worst first')
    .addOption(new Option('--severity <severities...>', 'of these severities').choices(SEVERITIES))
    .addOption(new Option('--kind <kinds...>', 'of these kinds').choices(FINDING_KINDS))
    .option('--tool <tools...>', 'seen by one of these tools')
    .option('--rule <rules...>', 'of these rules')
    .option('--path <path>', 'in this file, or below this folder when it ends in "/"')
    .addOption(
      new Option('--change <changes...>', 'against the scan before').choices(
        Change.exclude(['fixed']).options,
      ),
    )
    .addOption(new Option('--state <states...>', 'as people decided').choices(TriageState.options))
    .action(runs(findings));
  withFormat(withPages(withWorkspace(program.command('diff <test_id> [base_test_id]'))))
    .description('what is new, moved or fixed since another scan; by default the one before')
    .action(runs(diff));
  withFormat(withWorkspace(program.command('triage <component> <fingerprints...>')))
    .description('decide about findings; it survives rescans, and the gate heeds it')
    .addOption(
      new Option('--state <state>', 'what they are').choices(TriageState.options).makeOptionMandatory(),
    )
    .requiredOption('--reason <text>', 'why')
    .option('--until <time>', 'until when it is accepted, ISO 8601')
    .option('--actor <who>', 'who decides')
    .action(runs(triage));
  withWorkspace(program.command('vex <test_id>'))
    .description('the decisions about the vulnerabilities of a scan, as OpenVEX')
    .requiredOption('--author <who>', 'who makes these statements')
    .action(runs(vex));
}
