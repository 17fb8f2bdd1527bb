import { Option } from 'commander';
import { SEVERITIES } from '../../contracts/finding.ts';
import { RecordKind } from '../../contracts/index-record.ts';
import { indexStatus, reindex } from '../commands/index-form.ts';
import { search } from '../commands/search.ts';
import { type Words, withFormat, withPages, withWorkspace } from './options.ts';

/** What can be found, and the index in which it is. */
export function searchCommands({ program, runs }: Words): void {
  withFormat(withPages(withWorkspace(program.command('search [words...]'))))
    .description('search what has been published and ingested')
    .addOption(new Option('--kind <kinds...>', 'of these kinds').choices(RecordKind.options))
    .addOption(new Option('--severity <severities...>', 'of these severities').choices(SEVERITIES))
    .option('--rule <rules...>', 'of these rules')
    .option('--tool <tools...>', 'found by these tools')
    .option('--component <ids...>', 'in these components')
    .option('--test-id <ids...>', 'of these scans')
    .option('--package <names...>', 'about these packages')
    .option('--license <ids...>', 'under one of these licenses')
    .option('--source <kinds...>', 'from these kinds of sources: upload, git, web, web_crawl, s3, golden')
    .option('--source-id <ids...>', 'from these sources')
    .option('--ingestion <ids...>', 'brought by these ingestions')
    .option('--document <ids...>', 'of these documents')
    .option('--language <codes...>', 'in these languages')
    .option('--from <time>', 'captured then or later (ISO 8601, a day or a moment)')
    .option('--to <time>', 'captured before then')
    .action(runs(search));

  const index = program.command('index').description('the form in which everything is kept to be searched');
  withFormat(index.command('status'))
    .description('which form the index has, and how reindexing goes (exit 1 when it failed)')
    .action(runs(indexStatus));
  withFormat(index.command('reindex'))
    .description('bring it into the form of this release, while it is searched and written')
    .option('--anew', 'also when it has that form')
    .option('--drop-kept', 'then delete what was searched before')
    .option('--no-wait', 'return as soon as it has begun')
    .action(runs(reindex));
}
