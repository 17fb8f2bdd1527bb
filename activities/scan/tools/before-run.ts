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
  { order, means }: ToolJob,
  files: readonly string[],
): string | undefined {
  const absent = (order.config.rules ?? []).find((path) => !files.includes(path));
  if (absent !== undefined) return `the rules ${JSON.stringify(absent)} are no file of the source`;
  const needsTarget = Object.values(declaration.environment).some((value) => value.includes('{target}'));
  if (!needsTarget) return undefined;
  if (order.target === null) return 'the profile names no running target (stackBaseUrl)';
  const place = placeOf(order.target);
  if (place === undefined) return 'the running target (stackBaseUrl) is no http address of plain characters';
  if (isListed(place, means.targets)) return undefined;
  return `the running target ${place.port} is not among the hosts of CERTUS_DAST_ALLOWED_HOSTS`;
}

type Place = { readonly host: string; readonly port: string };

/** The manifest comes with the source: whoever writes it could otherwise send a visitor to all that the worker can reach. */
const isListed = ({ host, port }: Place, listed: readonly string[]): boolean =>
  listed.some((entry) => [host, port].includes(entry.toLowerCase()));

/** What the visitor could read in another way than we do, such as \ before an @, is none. */
function placeOf(target: string): Place | undefined {
  if (/[^\w.:/?&=%#~+,;!$[\]-]|\$\{/.test(target)) return undefined;
  const url = URL.canParse(target) ? new URL(target) : undefined;
  const usual = url === undefined ? undefined : { 'http:': '80', 'https:': '443' }[url.protocol];
  if (url === undefined || usual === undefined) return undefined;
  return { host: url.hostname, port: `${url.hostname}:${url.port || usual}` };
}

export const missing = ({ title, find }: ToolDeclaration): string =>
  `${title} is not installed: no ${find.commands.join(' or ')} among the folders of CERTUS_TOOL_PATH. To get it: ${find.install}`;

export const noDatabase = ({ title, database }: ToolDeclaration): string =>
  `${title} has no database here. To get it: ${database?.get}`;

export const notApart = ({ title }: ToolDeclaration): string =>
  `without bubblewrap ${title} could read what the worker reads, and CERTUS_TOOLS_NEED_ISOLATION forbids that`;
