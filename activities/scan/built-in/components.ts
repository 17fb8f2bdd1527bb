import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Notice } from '../../../contracts/scan.ts';
import { type Bill, collect, type Part } from '../../../domain/components/collect.ts';
import { type Reading, Unreadable } from '../../../domain/components/component.ts';
import { isInsideInstalled, type ReaderChoice, readerFor } from '../../../domain/components/readers.ts';
import { resolvePath } from '../../../domain/components/resolve-path.ts';
import { readings } from '../../../domain/finding/readings.ts';
import { Skipped } from '../skipped.ts';
import type { BuiltInContext } from './built-in-tool.ts';
import { excludes, sourceFiles } from './source-files.ts';
import { systemReaders } from './system-readers.ts';

/** Every component that the source's lockfiles, manifests and package databases name. */
export async function readComponents(context: BuiltInContext): Promise<Bill> {
  const skipped = new Skipped();
  const inTree = treeReader(context);
  const system = systemReaders(inTree);
  const choose = (path: string): ReaderChoice | null => system(path) ?? readerFor(path);
  const isWanted = (path: string) => {
    const choice = choose(path);
    return choice !== null && (choice.kind === 'installed' || !isInsideInstalled(path));
  };
  const parts: Part[] = [];
  const seen = new Set<string>();
  for await (const { path, texts } of sourceFiles(context, skipped, isWanted)) {
    const choice = choose(path);
    const text = textOf(texts);
    if (choice === null || text === null || seen.has(path)) continue;
    for (const part of readWithIncludes(path, text, choice, inTree, seen)) parts.push(part);
  }
  const bill = collect(parts);
  return { ...bill, notices: [...skipped.notices(), ...passedOver(context.files), ...capped(bill.notices)] };
}

/** Lockfiles that packages brought along from where they were written. */
function passedOver(files: readonly string[]): Notice[] {
  const count = files.filter((path) => isInsideInstalled(path) && readerFor(path)?.kind === 'lock').length;
  const message = `not read: ${count} lockfiles inside of installed packages, which say nothing of what is installed`;
  return count === 0 ? [] : [{ code: 'lockfile_of_package', message }];
}

type TreeReader = (path: string) => string | null;

/** Looks at single files, named by others: only at those of the tree, and not at what the manifest leaves out. */
function treeReader({ tree, files, config }: BuiltInContext): TreeReader {
  const known = new Set(files);
  const isExcluded = excludes(config.exclude ?? []);
  return (path) => {
    const file = join(tree, path);
    if (!known.has(path) || isExcluded(path) || lstatSync(file).size > MAX_BESIDE_BYTES) return null;
    return textOf(readings(readFileSync(file)));
  };
}

/** Of a file that says it is UTF-16, as PowerShell writes lists of requirements, the second reading is the true one. */
const textOf = (texts: readonly string[]): string | null =>
  (texts.length === 2 ? texts[1] : texts[0])?.replace(/^\uFEFF/, '') ?? null;

const MAX_BESIDE_BYTES = 32 * 1024 * 1024;

/** A file and what it says belongs to it, each once, however they name one another. */
function readWithIncludes(
  path: string,
  text: string,
  choice: ReaderChoice,
  inTree: TreeReader,
  seen: Set<string>,
): Part[] {
  const parts: Part[] = [];
  const waiting: [string, string][] = [[path, text]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [at, content] = next;
    seen.add(at);
    const beside = (relative: string) => {
      const target = resolvePath(at, relative);
      return target === null ? null : inTree(target);
    };
    const reading = readOne(choice, at, content, beside);
    const missing: Notice[] = [];
    for (const written of reading.includes) {
      const target = resolvePath(at, written);
      if (target !== null && seen.has(target)) continue;
      const included = target === null ? null : inTree(target);
      if (target === null || included === null)
        missing.push({ code: 'include_not_read', message: 'it includes a file that is not there', path: at });
      else waiting.push([target, included]);
    }
    parts.push({ ...choice, ...reading, path: at, notices: [...reading.notices, ...missing] });
  }
  return parts;
}

/** A lockfile that cannot be read is told of, and what is asked for beside it counts instead. */
function readOne(
  { read, kind }: ReaderChoice,
  path: string,
  text: string,
  beside: (relative: string) => string | null,
): Reading & Pick<Part, 'kind'> {
  try {
    return { ...read({ path, text, beside }), kind };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const notice = { code: 'lockfile_unreadable', message: `not read: ${error.message}`, path };
    return { components: [], notices: [notice], project: null, includes: [], kind: 'unreadable' };
  }
}

/** Nobody can flood the record with complaints. */
function capped(notices: readonly Notice[]): Notice[] {
  if (notices.length <= MAX_NOTICES) return [...notices];
  const more = notices.length - MAX_NOTICES;
  return [
    ...notices.slice(0, MAX_NOTICES),
    { code: 'more_notices', message: `${more} more like these were left out` },
  ];
}

const MAX_NOTICES = 200;
