import picomatch from 'picomatch';
import type { ToolDeclaration } from '../../../domain/tools/declaration.ts';
import { excludes } from '../built-in/source-files.ts';
import type { ToolJob } from './tool-job.ts';

/** The files that a tool is for; `undefined` when it is for every source. */
export function relevantFiles(
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
export function fault(
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

export const missing = ({ title, find }: ToolDeclaration): string =>
  `${title} is not installed: no ${find.commands.join(' or ')} among the folders of CERTUS_TOOL_PATH. To get it: ${find.install}`;

export const noDatabase = ({ title, database }: ToolDeclaration): string =>
  `${title} has no database here. To get it: ${database?.get}`;

export const notApart = ({ title }: ToolDeclaration): string =>
  `without bubblewrap ${title} could read what the worker reads, and CERTUS_TOOLS_NEED_ISOLATION forbids that`;
