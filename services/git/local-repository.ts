import { lstat, opendir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CertusError } from '../../contracts/errors.ts';
import { allowedPath } from '../files/allowed-path.ts';
import { isFileError } from '../files/failure.ts';

/**
 * The real git folder behind a local path. A repository may keep its parts elsewhere, by a `.git` file, a common folder,
 * alternates or links: whoever may write below an allowed root could read any repository of this machine by naming it.
 * So everything that objects are read from must lie below an allowed root, too.
 */
export async function localRepository(path: string, roots: readonly string[]): Promise<string> {
  const top = await allowedPath(path, roots);
  if (!(await lstat(top)).isDirectory()) throw notOne(path);
  const folder = await gitFolder(top, roots);
  const shared = await readLine(join(folder, 'commondir'));
  const common = shared === undefined ? folder : await allowedPath(resolve(folder, shared), roots);
  const checked = new Set<string>();
  for (const each of new Set([folder, common])) await checkObjects(join(each, 'objects'), roots, checked);
  return folder;
}

async function gitFolder(top: string, roots: readonly string[]): Promise<string> {
  const inner = join(top, '.git');
  if ((await kindOf(inner)) === undefined) return top;
  const real = await allowedPath(inner, roots);
  if ((await kindOf(real)) === 'folder') return real;
  const [, target] = /^gitdir: (.+)$/.exec((await readLine(real)) ?? '') ?? [];
  if (target === undefined) throw notOne(top);
  const folder = await allowedPath(resolve(top, target), roots);
  if ((await kindOf(folder)) !== 'folder') throw notOne(top);
  return folder;
}

/** A store of objects, and every store that it borrows from. */
async function checkObjects(store: string, roots: readonly string[], checked: Set<string>): Promise<void> {
  if (checked.has(store)) return;
  if (checked.size >= MAX_STORES) throw refused(`more than ${MAX_STORES} stores of objects`);
  checked.add(store);
  const kind = await kindOf(store);
  if (kind === undefined) return;
  if (kind !== 'folder') throw refused('a link in the place of its objects');
  await refuseLinks(store);
  for (const line of await readLines(join(store, 'info', 'alternates'))) {
    if (line === '' || line.startsWith('#')) continue;
    if (line.startsWith('"')) throw refused('an alternate with a quoted name');
    await checkObjects(await allowedPath(resolve(store, line), roots), roots, checked);
  }
}

const MAX_STORES = 32;

async function refuseLinks(folder: string): Promise<void> {
  for await (const entry of await opendir(folder)) {
    if (entry.isSymbolicLink()) throw refused('a link among its objects');
    if (entry.isDirectory()) await refuseLinks(join(folder, entry.name));
  }
}

async function kindOf(path: string): Promise<'folder' | 'file' | 'link' | undefined> {
  try {
    const info = await lstat(path);
    return info.isDirectory() ? 'folder' : info.isSymbolicLink() ? 'link' : 'file';
  } catch (error) {
    if (isFileError(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

const readLine = async (path: string): Promise<string | undefined> => (await readLines(path))[0];

/** Of a plain file and of no more than git itself could mean: a link or a pipe in its place is refused. */
async function readLines(path: string): Promise<string[]> {
  if ((await kindOf(path)) === undefined) return [];
  const info = await lstat(path);
  if (!info.isFile() || info.size > 1024 * 1024)
    throw refused(`a ${path.split('/').at(-1)} that is no plain file`);
  return (await readFile(path, 'utf8')).split('\n');
}

const notOne = (path: string): CertusError =>
  new CertusError('not_a_repository', `${path} is not a git repository`);

const refused = (what: string): CertusError =>
  new CertusError(
    'source_not_allowed',
    `the repository has ${what}, which could lead out of CERTUS_SOURCE_ROOTS`,
  );
