import { hash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import { CertusError } from '../../contracts/errors.ts';
import { Checkout, type ScanRun, type Source } from '../../contracts/workflows.ts';
import { onDisk } from '../../services/files/failure.ts';
import { hashContent } from './content-hash.ts';
import type { ScanDeps } from './deps.ts';
import { fromArchive } from './sources/archive.ts';
import { fromDirectory } from './sources/directory.ts';
import { fromGit } from './sources/git.ts';
import { fromRegistry, pinnedReference } from './sources/oci.ts';
import type { Fetching, Origin, SourceDeps } from './sources/origin.ts';
import { fromBucket } from './sources/s3.ts';
import { draftPrefix, sweepSometimes } from './sweep-checkouts.ts';

type LocalCheckout = { readonly tree: string; readonly checkout: Checkout };

/**
 * Puts the source of a run below the work folder, or finds it there. The folder is only a cache: an activity that runs on
 * another machine, or after a crash, fetches the same commit again and must find the same content.
 */
export async function ensureCheckout(
  deps: SourceDeps,
  input: ScanRun,
  expected?: Checkout,
  signal?: AbortSignal,
): Promise<LocalCheckout> {
  const folder = checkoutFolder(deps, input);
  const local = await onDisk(
    'make a checkout',
    async () =>
      (await readCheckout(folder)) ??
      (await makeCheckout(deps, input.scope, pinned(input.source, expected), folder, signal)),
  );
  if (expected !== undefined && local.checkout.contentHash !== expected.contentHash) {
    throw new CertusError('source_changed', 'the source is no longer what it was when the run began');
  }
  return local;
}

export async function removeCheckout(deps: Pick<ScanDeps, 'workFolder'>, input: ScanRun): Promise<void> {
  await onDisk('remove a checkout', () => rm(checkoutFolder(deps, input), { recursive: true, force: true }));
}

/** Bound to what was asked for: a run with the same test id that asks for another source never finds this one. */
const checkoutFolder = ({ workFolder }: Pick<ScanDeps, 'workFolder'>, input: ScanRun): string => {
  const { scope, testId, component, source } = input;
  const asked = hash('sha256', canonicalJson({ component, source })).slice(0, 32);
  return join(workFolder, scope.tenant, scope.workspace, `${testId}-${asked}`);
};

/** A branch or tag may move on while a run goes on; what it pointed to does not. */
function pinned(source: Source, expected: Checkout | undefined): Source {
  if (source.type === 'git' && expected?.commit) return { ...source, commit: expected.commit };
  if (source.type === 'oci' && expected?.originDigest)
    return { ...source, reference: pinnedReference(source.reference, expected.originDigest) };
  return source;
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
  deps: SourceDeps,
  scope: ScanRun['scope'],
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
    const needs = join(draft, NEEDS);
    await mkdir(needs);
    const origin = await materialise(deps, source, {
      scope,
      draft: needs,
      tree,
      limits: deps.sources,
      signal,
    });
    const content = await hashContent(tree);
    const skipped = origin.skipped.notices();
    if (content.files === 0)
      throw new CertusError('source_empty', `the source holds no file to scan (${skipped.length} skipped)`);
    const { commit, branch, tag, originDigest } = origin;
    const checkout: Checkout = { commit, branch, tag, originDigest, ...content, skipped };
    await rm(needs, { recursive: true, force: true });
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

/** Gone before anybody believes in the checkout: the repository, an archive, layers. */
const NEEDS = 'needs';

/** Of two attempts at once, the first one's checkout stays, and is the one to read back: a branch may have moved in between. */
async function moveInto(draft: string, folder: string): Promise<void> {
  await mkdir(join(folder, '..'), { recursive: true });
  await rename(draft, folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
}

function materialise(
  deps: SourceDeps,
  source: Source,
  fetching: Omit<Fetching<Source['type']>, 'source'>,
): Promise<Origin> {
  switch (source.type) {
    case 'git':
      return fromGit({ ...fetching, source });
    case 'directory':
      return fromDirectory({ ...fetching, source });
    case 'archive':
      return fromArchive({ ...fetching, source }, deps.uploads);
    case 's3':
      return fromBucket({ ...fetching, source }, deps);
    case 'oci':
      return fromRegistry({ ...fetching, source });
    case 'sarif':
      throw new CertusError('invalid_request', 'a report of another pipeline has no files to check out');
  }
}
