import { Command, InvalidArgumentError, Option } from 'commander';
import { SEVERITIES } from '../contracts/finding.ts';
import { ScanState } from '../contracts/scan.ts';
import { certusVersion } from '../services/config/version.ts';
import { config } from './commands/config.ts';
import { down } from './commands/down.ts';
import { manifestCheck, manifestSchema } from './commands/manifest.ts';
import { scan } from './commands/scan.ts';
import { scans } from './commands/scans.ts';
import { search } from './commands/search.ts';
import { status } from './commands/status.ts';
import { up } from './commands/up.ts';
import { verify } from './commands/verify.ts';
import { type Context, createContext, type Surroundings } from './context.ts';

type Action<A extends unknown[]> = (context: Context, ...values: A) => Promise<number>;

/** The words that are understood. A command gets a context and its options, and gives back an exit code. */
export function createProgram(surroundings: Surroundings, exit: (code: number) => void): Command {
  const program = new Command('certus')
    .description('Scan, sign, permit, publish, search.')
    .exitOverride()
    .version(certusVersion(), '--version', 'which release this is')
    .configureOutput({
      writeOut: (text) => surroundings.stdout.write(text),
      writeErr: (text) => surroundings.stderr.write(text),
      outputError: (text, write) =>
        write(text.replace(/^error: /, 'certus: usage: ').replaceAll(/\n(?=.)/g, ' ')),
    });

  /** Commander hands over arguments, options and itself; the format is taken out for the context. */
  const runs =
    <A extends unknown[]>(action: Action<A>) =>
    async (...given: unknown[]) => {
      const values = given.slice(0, -1) as A;
      const { output } = values.at(-1) as { output?: 'text' | 'json' };
      exit(await action(createContext(surroundings, output ?? 'text'), ...values));
    };

  program
    .command('up')
    .description('start everything on this machine')
    .option('--foreground', 'stay attached; Ctrl-C stops it')
    .action(runs(up));
  program.command('down').description('stop what "up" started').action(runs(down));
  withFormat(program.command('status').description('what runs here, and whether it answers')).action(
    runs(status),
  );

  withFormat(withWorkspace(program.command('scan <source>')))
    .description(
      'scan a repository, a folder or a git URL, and wait for the verdict (exit 0 passed, 2 gate failed)',
    )
    .option('--component <id>', 'what is scanned; by default the name of the source')
    .option('--assessment <id>', 'the assessment the run belongs to')
    .option('--profile <name>', 'profile of the manifest')
    .option('--manifest <file>', 'manifest to hold it to, YAML or JSON')
    .option('--branch <name>', 'branch to check out')
    .option('--commit <id>', 'commit to check out')
    .option('--directory', 'scan the files as they lie, also in a repository')
    .option('--requested-by <who>', 'who asks for it')
    .option('--no-wait', 'return as soon as the run is accepted')
    .action(runs(scan));
  withFormat(withPages(withWorkspace(program.command('scans'))))
    .description('list scans, newest first')
    .option('--component <id>', 'only of this component')
    .addOption(new Option('--status <state>', 'only in this state').choices(ScanState.options))
    .action(runs(scans));
  withFormat(withPages(withWorkspace(program.command('search [words...]'))))
    .description('search what has been published')
    .addOption(new Option('--severity <severities...>', 'of these severities').choices(SEVERITIES))
    .option('--kind <kinds...>', 'finding, document')
    .option('--rule <rules...>', 'of these rules')
    .option('--tool <tools...>', 'found by these tools')
    .option('--component <ids...>', 'in these components')
    .option('--test-id <ids...>', 'of these scans')
    .action(runs(search));

  const manifest = program.command('manifest').description('write manifests with help, without a server');
  withFormat(manifest.command('check <file>'))
    .description('say what is wrong with a manifest, line by line (exit 0 nothing, 65 something)')
    .action(runs(manifestCheck));
  manifest
    .command('schema')
    .description('print the JSON Schema of manifests, for editors')
    .action(runs(manifestSchema));

  withFormat(program.command('verify <folder>'))
    .description("check a bundle's chain of custody, offline")
    .addOption(
      new Option(
        '--through <link>',
        'how far the chain must hold; promotion unless a single key is given',
      ).choices(['evidence', 'permit', 'promotion']),
    )
    .addOption(
      new Option('--keys <file>', 'key set to trust; by default the one of this installation').conflicts(
        'key',
      ),
    )
    .option('--key <file>', 'one public key (PEM) to trust for evidence, and check no further link')
    .action(runs(verify));
  const sarif = program.command('sarif').description('reports of other tools');
  withFormat(sarif.command('normalize <files...>'))
    .description('read SARIF, name its findings as a scan would, and ask no server')
    .option('--root <folder>', 'where the source lay: absolute paths in it become relative')
    .action(
      // read when it is needed: the readers of reports would make every other command start later
      runs(async (context: Context, files: string[], options: { root?: string }) =>
        (await import('./commands/sarif.ts')).normalizeSarif(context, files, options),
      ),
    );
  withFormat(program.command('config').description('the settings in force and where each came from')).action(
    runs(config),
  );
  for (const command of [...program.commands, ...sarif.commands]) command.copyInheritedSettings(program);
  return program;
}

const withFormat = (command: Command) =>
  command.addOption(
    new Option('-o, --output <format>', 'what to print').choices(['text', 'json']).default('text'),
  );

const withWorkspace = (command: Command) => command.option('--workspace <id>', 'the workspace', 'default');

const withPages = (command: Command) =>
  command
    .option('--limit <number>', 'how many at most', wholeNumber, 20)
    .option('--cursor <cursor>', 'where the previous page ended');

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text) || Number(text) > 100)
    throw new InvalidArgumentError('give a number from 1 to 100');
  return Number(text);
}
