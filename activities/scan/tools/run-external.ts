import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import picomatch from 'picomatch';
import { CertusError } from '../../../contracts/errors.ts';
import { rawPrefix } from '../../../contracts/object-keys.ts';
import type { Notice } from '../../../contracts/scan.ts';
import type { ExternalTool } from '../../../contracts/tools.ts';
import type { ToolDeclaration } from '../../../domain/tools/declaration.ts';
import { EXTERNAL } from '../../../domain/tools/external.ts';
import { fill, fillArguments, shownCommand } from '../../../domain/tools/fill-arguments.ts';
import { openToTools } from '../../../services/sandbox/open-source.ts';
import { runSandboxed } from '../../../services/sandbox/run-sandboxed.ts';
import type { SandboxResult } from '../../../services/sandbox/sandbox.ts';
import { findTool, type InstalledTool } from '../../../services/tools/find-tool.ts';
import { excludes } from '../built-in/source-files.ts';
import { listFiles } from '../content-hash.ts';
import { type FoundDatabase, findDatabase } from './find-database.ts';
import { blamed, incomplete, type Outcome } from './outcome.ts';
import { withPrivateFolder } from './private-folder.ts';
import { readOutput } from './read-output.ts';
import { RULES_FOLDER } from './rules-folder.ts';
import type { ToolJob } from './tool-job.ts';

/** A tool of others, as its declaration says, in the sandbox. */
export async function runExternal(id: ExternalTool, job: ToolJob): Promise<Outcome> {
  const declaration = EXTERNAL[id];
  const files = await listFiles(job.tree);
  const relevant = relevantFiles(declaration, files, job.order.config.exclude ?? []);
  if (relevant?.length === 0)
    return incomplete('not_relevant', `the source has no file that ${declaration.title} is for`);
  const installed = await findTool(declaration.find, job.means.folders, plain(declaration.environment));
  if (installed === undefined) return incomplete('not_available', missing(declaration));
  const { version } = installed;
  const database =
    declaration.database === undefined ? undefined : await findDatabase(declaration.database, job.means);
  if (declaration.database !== undefined && database === undefined)
    return incomplete('not_available', noDatabase(declaration), { version });
  const faulty = fault(declaration, job, files);
  if (faulty !== undefined) return incomplete('failed', faulty, { version });
  const setting = { declaration, installed, database, files, relevant: relevant ?? [] };
  return withPrivateFolder(job.workFolder, (folder) => runIn(folder, id, job, setting));
}

type Setting = {
  readonly declaration: ToolDeclaration;
  readonly installed: InstalledTool;
  readonly database: FoundDatabase | undefined;
  readonly files: readonly string[];
  readonly relevant: readonly string[];
};

async function runIn(folder: string, id: ExternalTool, job: ToolJob, setting: Setting): Promise<Outcome> {
  const { declaration, installed, database, relevant } = setting;
  const { tree, order, log, limit, signal } = job;
  const output = join(folder, 'output');
  await mkdir(output);
  await openToTools(tree);
  const values = {
    source: declaration.cwd === 'source' ? '.' : tree,
    output: join(output, REPORT),
    folder: output,
    home: join(folder, 'home'),
    rules: RULES_FOLDER,
    ...(database === undefined ? {} : { database: database.folder }),
    ...(order.target === null ? {} : { target: order.target }),
  };
  const inSource = (path: string) => `./${path}`;
  const lists = {
    rule: (order.config.rules ?? []).map(inSource),
    file: relevant.slice(0, MAX_FILES).map(inSource),
  };
  const last = { line: '' };
  log.started(shownCommand(installed.name, declaration.args));
  const ran = await runSandboxed({
    command: installed.command,
    args: fillArguments(declaration.args, values, lists),
    source: tree,
    hidden: hiddenFiles(setting).map((path) => join(tree, path)),
    cwd: declaration.cwd,
    writable: folder,
    readable: [...installed.readable, RULES_FOLDER, ...(database === undefined ? [] : [database.folder])],
    asWorker: database?.shared === false,
    environment: {
      ...installed.environment,
      ...Object.fromEntries(
        Object.entries(declaration.environment).map(([name, text]) => [name, fill(text, values)]),
      ),
    },
    path: installed.path,
    limits: { ...declaration.limits, seconds: limit.seconds },
    network: declaration.network,
    signal,
    keepStdout: declaration.report.from === 'stdout',
    onLine: (stream, line) => {
      const shown = log.line(stream, withoutFolders(line, tree, folder));
      if (stream === 'stderr' && shown.trim() !== '') last.line = shown;
    },
  });
  const known: Partial<Outcome> = {
    version: installed.version,
    exit_code: ran.exitCode,
    seconds: ran.seconds,
    isolation: ran.isolation,
    data: database?.data ?? null,
    notices: noticesOf(setting, ran),
  };
  const stumbled = stumble(ran, declaration, job, last.line);
  if (stumbled !== undefined) return incomplete(stumbled.outcome, stumbled.reason, known);
  try {
    const report =
      declaration.report.from === 'stdout'
        ? ran.stdout
        : await readOutput(folder, join('output', REPORT), declaration.limits.outputMb * MB);
    return await understood(id, job, setting, folder, report, known);
  } catch (error) {
    signal.throwIfAborted();
    return blamed(error, known);
  }
}

const REPORT = 'report.json';
const MB = 1024 * 1024;
/** As many names as a command line holds in any case. */
const MAX_FILES = 1000;

/** Reading a report is bounded like running the tool: its size and its shape are the hostile source's doing. */
async function understood(
  id: ExternalTool,
  { means, tree, order, raw, input, signal }: ToolJob,
  { declaration, installed }: Setting,
  folder: string,
  report: Buffer,
  known: Partial<Outcome>,
): Promise<Outcome> {
  const { format, keep, path, mediaType } = declaration.report;
  const timeout = AbortSignal.timeout(READING_MS);
  const exclude = order.config.exclude ?? [];
  const task = {
    tool: id,
    format,
    report,
    tree,
    writable: folder,
    keep,
    version: installed.version,
    exclude,
  };
  const read = await means.threads
    .interpret(task, AbortSignal.any([signal, timeout]))
    .catch((error: unknown) => {
      if (timeout.aborted && !signal.aborted)
        throw new CertusError('tool_failed', 'its report could not be read within 5 minutes');
      throw error;
    });
  await raw.put(`${rawPrefix(input.scope, input.testId)}${path}`, read.report, { contentType: mediaType });
  return {
    ...incomplete('failed', '', known),
    outcome: 'completed',
    reason: null,
    version: read.version,
    findings: read.findings,
    files: [{ path, mediaType }],
    notices: [...(known.notices ?? []), ...read.notices],
  };
}

const READING_MS = 5 * 60_000;

function relevantFiles(
  { relevant }: ToolDeclaration,
  files: readonly string[],
  exclude: readonly string[],
): string[] | undefined {
  if (relevant === undefined) return undefined;
  const isRelevant = picomatch([...relevant], { dot: true });
  const isExcluded = excludes(exclude);
  return files.filter((path) => isRelevant(path) && !isExcluded(path));
}

/** What nobody can run, said before anything is started. */
function fault(
  declaration: ToolDeclaration,
  { order }: ToolJob,
  files: readonly string[],
): string | undefined {
  const absent = (order.config.rules ?? []).find((path) => !files.includes(path));
  if (absent !== undefined) return `the rules ${JSON.stringify(absent)} are no file of the source`;
  const needsTarget = Object.values(declaration.environment).some((value) => value.includes('{target}'));
  return needsTarget && order.target === null
    ? 'the profile names no running target (stackBaseUrl)'
    : undefined;
}

function stumble(
  { exitCode, exceeded }: SandboxResult,
  { exits, limits }: ToolDeclaration,
  { limit }: ToolJob,
  lastLine: string,
): { outcome: 'timed_out' | 'failed'; reason: string } | undefined {
  const failed = (reason: string) => ({ outcome: 'failed' as const, reason });
  if (exceeded === 'time') return { outcome: 'timed_out', reason: limit.reason };
  if (exceeded === 'memory') return failed(`it used more than ${limits.memoryMb} MiB of memory`);
  if (exceeded === 'processes') return failed(`it started more than ${limits.processes} processes`);
  if (exceeded === 'files') return failed(`it wrote more than ${limits.fileMb} MiB`);
  if (exceeded === 'output') return failed(`it printed more than ${limits.outputMb} MiB`);
  if (exitCode !== null && [...exits.clean, ...exits.findings].includes(exitCode)) return undefined;
  const end = exitCode === null ? 'it was ended by a signal' : `it ended with exit code ${exitCode}`;
  return failed(lastLine === '' ? end : `${end}: ${lastLine.slice(0, 300)}`);
}

const hiddenFiles = ({ declaration, files }: Setting): string[] =>
  files.filter((path) => declaration.hides?.includes(basename(path)) === true);

function noticesOf(setting: Setting, { isolation }: SandboxResult): Notice[] {
  const { declaration, relevant } = setting;
  const notices: Notice[] = [];
  if (isolation.method === 'process')
    for (const path of hiddenFiles(setting).slice(0, 20))
      notices.push({
        code: 'weakened',
        message: `${declaration.title} may have heeded this file of the source`,
        path,
      });
  if (relevant.length > MAX_FILES && declaration.args.some((argument) => typeof argument !== 'string'))
    notices.push({
      code: 'not_searched',
      message: `${declaration.title} was given ${MAX_FILES} of ${relevant.length} files`,
    });
  return notices;
}

/** Where on this machine things lie is nobody's business. */
const withoutFolders = (line: string, tree: string, folder: string): string =>
  line
    .replaceAll(`${tree}/`, '')
    .replaceAll(tree, '.')
    .replaceAll(folder, '~')
    .replaceAll(RULES_FOLDER, 'rules');

const missing = ({ title, find }: ToolDeclaration): string =>
  `${title} is not installed: no ${find.commands.join(' or ')} among the folders of CERTUS_TOOL_PATH. To get it: ${find.install}`;

const noDatabase = ({ title, database }: ToolDeclaration): string =>
  `${title} has no database here. To get it: ${database?.get}`;

/** What of the environment says something without a run. */
const plain = (environment: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).filter(([, value]) => !value.includes('{')));
