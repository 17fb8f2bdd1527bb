import { hash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import { CertusError } from '../../contracts/errors.ts';
import { Checkout, type ScanInput, type Source } from '../../contracts/workflows.ts';
import { allowedPath } from '../../services/files/allowed-path.ts';
import { onDisk } from '../../services/files/failure.ts';
import { fetchCommit } from '../../services/git/fetch-commit.ts';
import { listTree, writeFiles } from '../../services/git/list-tree.ts';
import { hashContent } from './content-hash.ts';
import { copyDirectory, requireWithin } from './copy-directory.ts';
import type { ScanDeps, SourceLimits } from './deps.ts';
import { Skipped } from './skipped.ts';
import { draftPrefix, sweepSometimes } from './sweep-checkouts.ts';

type CheckoutDeps = Pick<ScanDeps, 'workFolder' | 'sources'>;
type LocalCheckout = { readonly tree: string; readonly checkout: Checkout };

/**
 * Puts the source of a run below the work folder, or finds it there. The folder is only a cache: an activity that runs on
 * another machine, or after a crash, fetches the same commit again and must find the same content.
 */
export async function ensureCheckout(
  deps: CheckoutDeps,
  input: ScanInput,
  expected?: Checkout,
  signal?: AbortSignal,
): Promise<LocalCheckout> {
  const folder = checkoutFolder(deps, input);
  const local = await onDisk(
    'make a checkout',
    async () =>
      (await readCheckout(folder)) ??
      (await makeCheckout(deps, pinned(input.source, expected), folder, signal)),
  );
  if (expected !== undefined && local.checkout.contentHash !== expected.contentHash) {
    throw new CertusError('source_changed', 'the source is no longer what it was when the run began');
  }
  return local;
}

export async function removeCheckout(deps: CheckoutDeps, input: ScanInput): Promise<void> {
  await onDisk('remove a checkout', () => rm(checkoutFolder(deps, input), { recursive: true, force: true }));
}

/** Bound to what was asked for: a run with the same test id that asks for another source never finds this one. */
const checkoutFolder = ({ workFolder }: CheckoutDeps, input: ScanInput): string => {
  const { scope, testId, component, source } = input;
  const asked = hash('sha256', canonicalJson({ component, source })).slice(0, 32);
  return join(workFolder, scope.tenant, scope.workspace, `${testId}-${asked}`);
};

/** A branch may move on while a run goes on; the commit it pointed to does not. */
function pinned(source: Source, expected: Checkout | undefined): Source {
  return source.type === 'git' && expected?.commit ? { ...source, commit: expected.commit } : source;
}

async function readCheckout(folder: string): Promise<LocalCheckout | undefined> {
  try {
    const checkout = Checkout.parse(JSON.parse(await readFile(join(folder, 'checkout.json'), 'utf8')));
    const now = new Date();
    await utimes(folder, now, now); // still in use: not to be swept
    return { tree: join(folder, 'tree'), checkout };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Made beside its place and moved there whole: a crash leaves either all of it or nothing that is believed. */
async function makeCheckout(
  deps: CheckoutDeps,
  source: Source,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<LocalCheckout> {
  await mkdir(deps.workFolder, { recursive: true, mode: 0o700 });
  await sweepSometimes(deps.workFolder, Date.now());
  const draft = await mkdtemp(join(deps.workFolder, draftPrefix()));
  try {
    const tree = join(draft, 'tree');
    await mkdir(tree);
    const origin = await materialise(source, draft, tree, deps.sources, signal);
    const content = await hashContent(tree);
    const skipped = origin.skipped.notices();
    if (content.files === 0)
      throw new CertusError('source_empty', `the source holds no file to scan (${skipped.length} skipped)`);
    const { commit, branch, tag, originDigest } = origin;
    const checkout: Checkout = { commit, branch, tag, originDigest, ...content, skipped };
    await rm(join(draft, 'repository'), { recursive: true, force: true });
    await writeFile(join(draft, 'checkout.json'), JSON.stringify(checkout));
    await moveInto(draft, folder);
    const made = await readCheckout(folder);
    if (made === undefined)
      throw new CertusError('dependency_unavailable', 'the checkout was removed as soon as it was made');
    return made;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Of two attempts at once, the first one's checkout stays, and is the one to read back: a branch may have moved in between. */
async function moveInto(draft: string, folder: string): Promise<void> {
  await mkdir(join(folder, '..'), { recursive: true });
  await rename(draft, folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
}

type Origin = Pick<Checkout, 'commit' | 'branch' | 'tag' | 'originDigest'> & { readonly skipped: Skipped };

async function materialise(
  source: Source,
  draft: string,
  tree: string,
  limits: SourceLimits,
  signal?: AbortSignal,
): Promise<Origin> {
  if (source.type === 'git') return fromGit(source, join(draft, 'repository'), tree, limits, signal);
  if (source.type !== 'directory')
    throw new CertusError('source_not_allowed', `sources of type ${source.type} cannot be fetched`);
  const path = await allowedPath(source.path, limits.roots);
  if (!(await stat(path)).isDirectory())
    throw new CertusError('source_not_found', `${source.path} is not a folder`);
  return {
    commit: null,
    branch: null,
    tag: null,
    originDigest: null,
    skipped: await copyDirectory({ source: path, target: tree, limits, signal }),
  };
}

async function fromGit(
  source: Extract<Source, { type: 'git' }>,
  repository: string,
  tree: string,
  limits: SourceLimits,
  signal?: AbortSignal,
): Promise<Origin> {
  const { url, branch, commit: wanted } = source;
  const fetched = await fetchCommit({
    folder: repository,
    url,
    branch,
    commit: wanted,
    allowedHosts: limits.gitHosts,
    allowedRoots: limits.roots,
    maxBytes: limits.maxBytes,
    signal,
  });
  const skipped = new Skipped();
  const files: string[] = [];
  let bytes = 0;
  for (const { kind, path, size } of await listTree(repository, fetched.commit, limits.maxFiles, signal)) {
    if (kind !== 'file') skipped.add(kind, path);
    else if (size > limits.maxFileBytes) skipped.add('file_too_large', path);
    else {
      files.push(path);
      bytes += size;
    }
  }
  requireWithin(limits, files.length, bytes);
  await writeFiles(repository, fetched.commit, files, tree, signal);
  return { ...fetched, tag: null, originDigest: null, skipped };
}
