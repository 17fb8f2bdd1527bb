import { Option } from 'commander';
import { ScanState } from '../../contracts/scan.ts';
import { scan } from '../commands/scan.ts';
import { scans } from '../commands/scans.ts';
import { type Words, withFormat, withPages, withWorkspace } from './options.ts';

/** Scans, and what has become of them. */
export function scanCommands({ program, runs }: Words): void {
  withFormat(withWorkspace(program.command('scan <source>')))
    .description(
      'scan a repository, a folder, an archive, a git URL, s3://bucket/prefix or oci://registry/repository:tag, ' +
        'and wait for the verdict (exit 0 passed, 2 gate failed)',
    )
    .option('--component <id>', 'what is scanned; by default the name of the source')
    .option('--assessment <id>', 'the assessment the run belongs to')
    .option('--profile <name>', 'profile of the manifest')
    .option('--manifest <file>', 'manifest to hold it to, YAML or JSON')
    .option('--branch <name>', 'branch to check out')
    .option('--tag <name>', 'tag to check out')
    .option('--commit <id>', 'commit to check out')
    .option('--submodules', 'fetch submodules, too')
    .option('--directory', 'scan the files as they lie, also in a repository')
    .option('--requested-by <who>', 'who asks for it')
    .option('--no-publish', 'keep the result until its upload is asked for')
    .option('--no-wait', 'return as soon as the run is accepted')
    .action(runs(scan));
  withFormat(withPages(withWorkspace(program.command('scans'))))
    .description('list scans, newest first')
    .option('--component <id>', 'only of this component')
    .addOption(new Option('--status <state>', 'only in this state').choices(ScanState.options))
    .action(runs(scans));
}
