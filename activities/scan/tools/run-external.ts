import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Notice } from '../../../contracts/scan.ts';
import type { ExternalTool } from '../../../contracts/tools.ts';
import type { ToolDeclaration } from '../../../domain/tools/declaration.ts';
import { EXTERNAL } from '../../../domain/tools/external.ts';
import { fill, fillArguments, shownCommand } from '../../../domain/tools/fill-arguments.ts';
import { openToTools } from '../../../services/sandbox/open-source.ts';
import { runSandboxed } from '../../../services/sandbox/run-sandboxed.ts';
import type { SandboxResult } from '../../../services/sandbox/sandbox.ts';
import { findTool, type InstalledTool } from '../../../services/tools/find-tool.ts';
import { listFiles } from '../content-hash.ts';
import { fault, missing, noDatabase, notApart, relevantFiles } from './before-run.ts';
import { type FoundDatabase, findDatabase } from './find-database.ts';
import { blamed, incomplete, type Outcome } from './outcome.ts';
import { withPrivateFolder } from './private-folder.ts';
import { readOutput } from './read-output.ts';
import { RULES_FOLDER } from './rules-folder.ts';
import { stumble } from './stumble.ts';
import type { ToolJob } from './tool-job.ts';
import { understood } from './understand.ts';

/** A tool of others, as its declaration says, in the sandbox. */
export async function runExternal(id: ExternalTool, job: ToolJob): Promise<Outcome> {
  const declaration = EXTERNAL[id];
  const files = await listFiles(job.tree);
  const relevant = relevantFiles(declaration, files, job.order.config.exclude ?? []);
  if (relevant?.length === 0)
    return incomplete('not_relevant', `the source has no file that ${declaration.title} is for`);
  const installed = await findTool(declaration.find, job.means.folders, plain(declaration.environment));
  if (installed === undefined) return incomplete('not_available', missing(declaration));
  if (job.means.needIsolation && (await job.means.bestMethod()) !== 'bubblewrap')
    return incomplete('not_available', notApart(declaration));
  const database =
    declaration.database === undefined ? undefined : await findDatabase(declaration.database, job.means);
  if (declaration.database !== undefined && database === undefined)
    return incomplete('not_available', noDatabase(declaration));
  const faulty = fault(declaration, job, files);
  if (faulty !== undefined) return incomplete('failed', faulty);
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
  const folders: Folders = [
    [`${tree}/`, ''],
    [tree, '.'],
    [folder, '~'],
    [RULES_FOLDER, 'rules'],
    ...(database === undefined ? [] : [[database.folder, 'database'] as const]),
  ];
  const heard = { last: '', confession: '' };
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
      const told = log.line(stream, withoutFolders(line, folders));
      if (stream === 'stderr' && told.trim() !== '') heard.last = told;
      if (declaration.confesses?.test(told) === true) heard.confession ||= told;
    },
  });
  const known: Partial<Outcome> = {
    exit_code: ran.exitCode,
    seconds: ran.seconds,
    isolation: ran.isolation,
    data: database?.data ?? null,
    notices: noticesOf(setting, ran),
  };
  const stumbled = stumble(ran, declaration, limit, heard);
  if (stumbled !== undefined)
    return incomplete(stumbled.outcome, stumbled.reason, { ...known, version: await installed.version() });
  try {
    const report =
      declaration.report.from === 'stdout'
        ? ran.stdout
        : await readOutput(folder, join('output', REPORT), declaration.limits.outputMb * MB);
    return await understood(id, job, setting, folder, report, known);
  } catch (error) {
    signal.throwIfAborted();
    return blamed(error, { ...known, version: await installed.version() });
  }
}

const REPORT = 'report.json';
const MB = 1024 * 1024;
/** As many names as a command line holds in any case. */
const MAX_FILES = 1000;

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

type Folders = readonly (readonly [folder: string, instead: string])[];

/** Where on this machine things lie is nobody's business. */
const withoutFolders = (line: string, folders: Folders): string =>
  folders.reduce((shown, [folder, instead]) => shown.replaceAll(folder, instead), line);

/** What of the environment says something without a run. */
const plain = (environment: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).filter(([, value]) => !value.includes('{')));
