import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { ADVISORY_ECOSYSTEMS, type AdvisoryEcosystem, OSV_EXPORTS } from '../../contracts/advisory.ts';
import { databaseStatus, type EcosystemStatus } from '../../services/advisories/database-status.ts';
import { downloadExport } from '../../services/advisories/download.ts';
import { indexFile } from '../../services/advisories/layout.ts';
import { newestExport } from '../../services/advisories/offline.ts';
import { writeIndex } from '../../services/advisories/write-index.ts';
import { ConfigurationError, loadSettings } from '../../services/config/load.ts';
import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

type Where = { readonly to?: string; readonly ecosystem?: readonly string[] };

/** Fetches OSV's exports and makes them ready for scans. */
export async function downloadAdvisories(
  context: Context,
  options: Where & { readonly from?: string; readonly load?: boolean },
): Promise<ExitCode> {
  const folder = folderOf(context, options.to);
  const base = options.from ?? OSV_EXPORTS;
  if (!URL.canParse(base) || !/^https?:$/.test(new URL(base).protocol))
    throw new CommandError('usage', EXIT.usage, `--from ${base} is no address that starts with https://`);
  for (const ecosystem of ecosystemsOf(options.ecosystem) ?? ADVISORY_ECOSYSTEMS) {
    context.output.note(`${ecosystem}: fetching`);
    const { bytes } = await downloadExport(base, ecosystem, folder, progress(context, ecosystem));
    context.output.note(`${ecosystem}: fetched ${megabytes(bytes)}`);
    if (options.load !== false) await loadOne(context, folder, ecosystem);
  }
  return await tellStatus(context, folder);
}

/** Makes exports ready that were brought along: those of a folder, or single ones. */
export async function loadAdvisories(
  context: Context,
  sources: readonly string[],
  options: Where,
): Promise<ExitCode> {
  const only = ecosystemsOf(options.ecosystem);
  const given = sources.map((source) => resolve(context.workingDirectory, source));
  const files = given.filter((source) => source.endsWith('.zip'));
  for (const folder of given.filter((source) => !source.endsWith('.zip')))
    await loadFolder(context, folder, only);
  const target = folderOf(context, options.to);
  for (const file of files) {
    const ecosystem = ecosystemOfFile(file, only);
    context.output.note(`${ecosystem}: loading ${file}`);
    await writeIndex(file, ecosystem, indexFile(target, ecosystem));
  }
  const [folder] = given;
  return await tellStatus(context, files.length === 0 && folder !== undefined ? folder : target);
}

/** What is there to scan with, and how old it is. */
export const showAdvisories = (context: Context, folder: string | undefined): Promise<ExitCode> =>
  tellStatus(context, folderOf(context, folder));

async function loadFolder(
  context: Context,
  folder: string,
  only: readonly AdvisoryEcosystem[] | null,
): Promise<void> {
  const loaded: string[] = [];
  for (const ecosystem of only ?? ADVISORY_ECOSYSTEMS) {
    if ((await newestExport(folder, ecosystem)) === null) continue;
    await loadOne(context, folder, ecosystem);
    loaded.push(ecosystem);
  }
  if (loaded.length === 0)
    throw new CommandError(
      'not_found',
      EXIT.notFound,
      `${folder} has no <ecosystem>/all.zip as OSV exports them`,
    );
}

async function loadOne(context: Context, folder: string, ecosystem: string): Promise<void> {
  const found = await newestExport(folder, ecosystem);
  if (found === null) return;
  context.output.note(`${ecosystem}: loading ${found.file}`);
  const head = await writeIndex(found.file, ecosystem, indexFile(folder, ecosystem), (records) => {
    if (records % 50_000 === 0) context.output.note(`${ecosystem}: ${records} advisories`);
  });
  if (head.unreadable > 0) context.output.note(`${ecosystem}: ${head.unreadable} entries could not be read`);
}

async function tellStatus({ output }: Context, folder: string): Promise<ExitCode> {
  const statuses = await databaseStatus(folder);
  output.result({ folder, ecosystems: statuses }, () => {
    output.table(['ECOSYSTEM', 'STATE', 'ADVISORIES', 'NEWEST'], statuses.map(row));
    output.line(`folder  ${folder}`);
    output.line(`        scans use it when CERTUS_ADVISORIES is set to it`);
  });
  return statuses.length > 0 ? EXIT.ok : EXIT.notFound;
}

const row = ({ ecosystem, state, index }: EcosystemStatus): string[] => [
  ecosystem,
  state.replace('_', ' '),
  index === null ? '-' : String(index.advisories),
  index?.modified ?? '-',
];

/** The folder that is named, else the one that scans use, else one beside everything else that runs here. */
function folderOf(context: Context, named: string | undefined): string {
  if (named !== undefined) return resolve(context.workingDirectory, named);
  const setting = advisoriesSetting(context);
  return setting !== undefined && isAbsolute(setting) ? setting : join(context.home, 'advisories');
}

function advisoriesSetting({ environment }: Context): string | undefined {
  try {
    return loadSettings(environment).settings.CERTUS_ADVISORIES;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new CommandError('configuration', EXIT.configuration, error.faults.join('; '), error);
  }
}

function ecosystemsOf(named: readonly string[] | undefined): AdvisoryEcosystem[] | null {
  if (named === undefined || named.length === 0) return null;
  return named.map((name) => {
    const known = ADVISORY_ECOSYSTEMS.find((ecosystem) => ecosystem.toLowerCase() === name.toLowerCase());
    if (known === undefined)
      throw new CommandError('usage', EXIT.usage, `${name} is none of ${ADVISORY_ECOSYSTEMS.join(', ')}`);
    return known;
  });
}

/** An export tells its ecosystem by the folder it lies in. It holds parts of others, too, which must not pass for all of them. */
function ecosystemOfFile(file: string, only: readonly AdvisoryEcosystem[] | null): AdvisoryEcosystem {
  const folder = basename(dirname(file));
  const known = ADVISORY_ECOSYSTEMS.find((ecosystem) => ecosystem === folder);
  const [chosen, ...more] = only ?? (known === undefined ? [] : [known]);
  if (chosen !== undefined && more.length === 0) return chosen;
  throw new CommandError('usage', EXIT.usage, `say with --ecosystem which one ${file} is the export of`);
}

/** A line for each tenth of a large file: a log gets no more, and a person sees that it goes on. */
function progress({ output }: Context, ecosystem: string): (bytes: number, total: number | null) => void {
  let told = 0;
  return (bytes, total) => {
    const step = total === null ? 64 * 1024 * 1024 : Math.max(total / 10, 16 * 1024 * 1024);
    if (bytes - told < step) return;
    told = bytes;
    output.note(`${ecosystem}: ${megabytes(bytes)}${total === null ? '' : ` of ${megabytes(total)}`}`);
  };
}

const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
