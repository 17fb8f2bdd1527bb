import { type Command, Option } from 'commander';
import { IngestionState } from '../../contracts/ingestion.ts';
import { ingestFolder } from '../commands/ingest-folder.ts';
import {
  cancelIngestion,
  failedItems,
  listIngestions,
  pauseIngestion,
  replayIngestion,
  resumeIngestion,
  showIngestion,
} from '../commands/ingest-show.ts';
import { ingestCrawl, ingestFile, ingestGit, ingestS3, ingestWeb } from '../commands/ingest-start.ts';
import {
  addSource,
  backfillSource,
  forget,
  listSources,
  pauseSource,
  removeSource,
  resumeSource,
  runSource,
  scheduleSource,
  showSource,
} from '../commands/sources.ts';
import { type Words, withCadence, withFormat, withPages, withTimes, withWorkspace } from './options.ts';

/** What is to be searched, once or again and again. */
export function ingestCommands(words: Words): void {
  ways(words);
  runs(words);
  sources(words);
}

const plain = (command: Command): Command => withFormat(withWorkspace(command));
const started = (command: Command): Command =>
  plain(command)
    .option('--label <labels...>', 'only who has one of these finds it')
    .option('--component <id>', 'the component that it belongs to')
    .option('--no-wait', 'print the id of the ingestion, and go');

function ways({ program, runs: act }: Words): void {
  const ingest = program
    .command('ingest')
    .description('have something indexed, without what is personal in it');
  started(ingest.command('file <path>'))
    .description('one file of any known format')
    .option('--format <format>', 'of a report: sarif, spdx, cyclonedx, ...')
    .action(act(ingestFile));
  started(ingest.command('folder <path>'))
    .description('all files of a folder; again, only what has changed')
    .option('--name <name>', 'what the folder is called, when not by its own name')
    .action(act(ingestFolder));
  started(ingest.command('git <url>'))
    .description('a repository')
    .option('--branch <name>', 'which branch')
    .option('--include <globs...>', 'only such files')
    .option('--exclude <globs...>', 'no such files')
    .option('--history <number>', 'so many commits as well')
    .action(act(ingestGit));
  started(ingest.command('web <urls...>'))
    .description('web pages')
    .option('--render', 'as a browser shows them')
    .action(act(ingestWeb));
  started(ingest.command('crawl <urls...>'))
    .description('a web site, as far as robots.txt lets us')
    .option('--domain <hosts...>', 'hosts that are visited')
    .option('--allow <patterns...>', 'only such addresses')
    .option('--deny <patterns...>', 'no such addresses')
    .option('--max-pages <number>', 'how many pages at most')
    .option('--max-depth <number>', 'how many links deep')
    .option('--render', 'as a browser shows them')
    .action(act(ingestCrawl));
  started(ingest.command('s3 <bucket> [prefix]')).description('what lies in a bucket').action(act(ingestS3));
}

function runs({ program, runs: act }: Words): void {
  const ingest = program.commands.find((command) => command.name() === 'ingest') ?? program;
  withPages(plain(ingest.command('list')))
    .description('ingestions, newest first')
    .addOption(new Option('--state <state>', 'only in this state').choices(IngestionState.options))
    .action(act(listIngestions));
  plain(ingest.command('status <ingestion_id>'))
    .description('how one goes, or went')
    .action(act(showIngestion));
  withPages(plain(ingest.command('failed <ingestion_id>')))
    .description('what could not be read, and why')
    .action(act(failedItems));
  plain(ingest.command('pause <ingestion_id>'))
    .description('hold it after the page that is under way')
    .action(act(pauseIngestion));
  plain(ingest.command('resume <ingestion_id>')).description('have it go on').action(act(resumeIngestion));
  plain(ingest.command('cancel <ingestion_id>'))
    .description('end it where it is')
    .action(act(cancelIngestion));
  started(ingest.command('replay <ingestion_id>'))
    .description('the same source once more: what could not be read is tried again')
    .action(act(replayIngestion));
}

function sources({ program, runs: act }: Words): void {
  const source = program.command('source').description('where documents come from again and again');
  plain(source.command('add <name>'))
    .description('a repository, pages, a site, or a bucket')
    .option('--git <url>', 'a repository')
    .option('--web <urls...>', 'web pages')
    .option('--crawl <urls...>', 'a web site')
    .option('--s3 <bucket/prefix>', 'what lies in a bucket')
    .option('--label <labels...>', 'only who has one of these finds it')
    .action(act(addSource));
  withPages(plain(source.command('list')))
    .description('sources, newest first')
    .action(act(listSources));
  plain(source.command('show <source_id>')).description('one, with its schedule').action(act(showSource));
  plain(source.command('run <source_id>'))
    .description('ingest it now')
    .option('--no-wait', 'print the id of the ingestion, and go')
    .action(act(runSource));
  withCadence(plain(source.command('schedule <source_id>')))
    .description('ingest it on a cadence')
    .action(act(scheduleSource));
  plain(source.command('pause <source_id>'))
    .description('start nothing more until it is resumed')
    .action(act(pauseSource));
  plain(source.command('resume <source_id>'))
    .description('go on where it was paused')
    .action(act(resumeSource));
  withTimes(plain(source.command('backfill <source_id>')))
    .description('make up for a time that has passed')
    .action(act(backfillSource));
  plain(source.command('remove <source_id>'))
    .description('remove it, and everything of it from the index')
    .action(act(removeSource));
  plain(program.command('forget'))
    .description('take records out of the index, and see that none is left (role admin)')
    .option('--ingestion <id>', 'of an ingestion')
    .option('--source <id>', 'of a source')
    .option('--document <id>', 'of a document')
    .option('--from <time>', 'captured then or later')
    .option('--to <time>', 'captured before')
    .option('--dry-run', 'only count them')
    .action(act(forget));
}
